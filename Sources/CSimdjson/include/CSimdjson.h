#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a node of a parsed document is.
enum {
  BW_NULL = 0,
  BW_FALSE = 1,
  BW_TRUE = 2,
  BW_INTEGER = 3,  // a whole number that fits int64_t
  BW_DOUBLE = 4,   // any other number
  BW_STRING = 5,
  BW_ARRAY = 6,    // followed by its `count` elements
  BW_OBJECT = 7,   // followed by its `count` members, each a BW_STRING node and then its value
};

/// One value of a document, in document order (a container before what it contains). Texts are UTF-8, unescaped, and
/// valid until the next parse.
typedef struct {
  uint8_t kind;
  uint32_t count;   // containers: how many elements or members; strings: how many bytes
  uint32_t next;    // the index just behind this value and all that it contains
  const char *text; // strings only
  int64_t integer;  // BW_INTEGER
  double number;    // BW_INTEGER (nearest) and BW_DOUBLE
} bw_node;

typedef struct bw_parser bw_parser;

/// A parser with its buffers; NULL when memory is short.
bw_parser *bw_parser_create(void);
void bw_parser_destroy(bw_parser *parser);

/// Parses one whole document and validates all of it. Returns 0 and sets `nodes` and `count`, or a code that
/// `bw_parse_failure` words.
int bw_parse(bw_parser *parser, const uint8_t *bytes, size_t length, const bw_node **nodes, size_t *count);

/// A static text for a code of `bw_parse`.
const char *bw_parse_failure(int code);

#ifdef __cplusplus
}
#endif
