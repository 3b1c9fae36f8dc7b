#include "CSimdjson.h"

#include <new>
#include <simdjson.h>
#include <vector>

using namespace simdjson;

struct bw_parser {
  dom::parser parser;
  std::vector<bw_node> nodes;
};

namespace {

constexpr int outOfMemory = -1;

// The depth is bounded by the parser (1,024 levels), so recursion is too.
void flatten(dom::element element, std::vector<bw_node> &nodes) {
  const size_t at = nodes.size();
  nodes.push_back(bw_node{});
  bw_node node{};
  switch (element.type()) {
  case dom::element_type::NULL_VALUE:
    node.kind = BW_NULL;
    break;
  case dom::element_type::BOOL: {
    bool value = false;
    (void)element.get(value);
    node.kind = value ? BW_TRUE : BW_FALSE;
    break;
  }
  case dom::element_type::INT64:
    node.kind = BW_INTEGER;
    (void)element.get(node.integer);
    node.number = static_cast<double>(node.integer);
    break;
  case dom::element_type::UINT64: {
    uint64_t value = 0;
    (void)element.get(value);
    node.kind = BW_DOUBLE;
    node.number = static_cast<double>(value);
    break;
  }
  case dom::element_type::DOUBLE:
    node.kind = BW_DOUBLE;
    (void)element.get(node.number);
    break;
  case dom::element_type::STRING: {
    std::string_view text;
    (void)element.get(text);
    node.kind = BW_STRING;
    node.text = text.data();
    node.count = static_cast<uint32_t>(text.size());
    break;
  }
  case dom::element_type::ARRAY: {
    dom::array array;
    (void)element.get(array);
    node.kind = BW_ARRAY;
    for (dom::element child : array) {
      flatten(child, nodes);
      node.count++;
    }
    break;
  }
  case dom::element_type::OBJECT: {
    dom::object object;
    (void)element.get(object);
    node.kind = BW_OBJECT;
    for (auto field : object) {
      bw_node key{};
      key.kind = BW_STRING;
      key.text = field.key.data();
      key.count = static_cast<uint32_t>(field.key.size());
      key.next = static_cast<uint32_t>(nodes.size() + 1);
      nodes.push_back(key);
      flatten(field.value, nodes);
      node.count++;
    }
    break;
  }
  }
  node.next = static_cast<uint32_t>(nodes.size());
  nodes[at] = node;
}

} // namespace

extern "C" bw_parser *bw_parser_create(void) { return new (std::nothrow) bw_parser; }

extern "C" void bw_parser_destroy(bw_parser *parser) { delete parser; }

extern "C" int bw_parse(bw_parser *parser, const uint8_t *bytes, size_t length, const bw_node **nodes, size_t *count) {
  try {
    dom::element root;
    // The parser copies the bytes into its own padded buffer.
    const auto failure = parser->parser.parse(bytes, length, true).get(root);
    if (failure) return static_cast<int>(failure);
    parser->nodes.clear();
    flatten(root, parser->nodes);
    *nodes = parser->nodes.data();
    *count = parser->nodes.size();
    return 0;
  } catch (const std::bad_alloc &) {
    return outOfMemory;
  }
}

extern "C" const char *bw_parse_failure(int code) {
  return code == outOfMemory ? "out of memory" : error_message(static_cast<error_code>(code));
}
