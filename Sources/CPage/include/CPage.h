#pragma once
#include <stddef.h>

// A file of the page, compiled into the program.
struct bw_page_file {
  const char *name;
  const unsigned char *bytes;
  size_t size;
};

// How many there are, and each of them; NULL behind the last.
size_t bw_page_count(void);
const struct bw_page_file *bw_page_file_at(size_t place);
