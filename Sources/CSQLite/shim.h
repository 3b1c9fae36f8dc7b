#pragma once
#include <sqlite3.h>

// A cast of -1 to a function pointer, which Swift does not import: the library copies what is bound.
static inline sqlite3_destructor_type bellwether_sqlite_transient(void) { return SQLITE_TRANSIENT; }
