#include "CPage.h"

// The page is served from memory: the program is one file and works wherever it is put.

static const unsigned char index_html[] = {
#embed "files/index.html"
};
static const unsigned char page_css[] = {
#embed "files/page.css"
};
static const unsigned char main_js[] = {
#embed "files/main.js"
};
static const unsigned char state_js[] = {
#embed "files/state.js"
};
static const unsigned char words_js[] = {
#embed "files/words.js"
};
static const unsigned char api_js[] = {
#embed "files/api.js"
};
static const unsigned char stream_js[] = {
#embed "files/stream.js"
};
static const unsigned char signals_js[] = {
#embed "files/signals.js"
};
static const unsigned char map_js[] = {
#embed "files/map.js"
};
static const unsigned char area_js[] = {
#embed "files/area.js"
};
static const unsigned char chart_js[] = {
#embed "files/chart.js"
};
static const unsigned char sources_js[] = {
#embed "files/sources.js"
};
static const unsigned char openapi_json[] = {
#embed "files/openapi.json"
};
static const unsigned char outlines_txt[] = {
#embed "files/outlines.txt"
};

static const struct bw_page_file files[] = {
    {"index.html", index_html, sizeof index_html},
    {"page.css", page_css, sizeof page_css},
    {"main.js", main_js, sizeof main_js},
    {"state.js", state_js, sizeof state_js},
    {"words.js", words_js, sizeof words_js},
    {"api.js", api_js, sizeof api_js},
    {"stream.js", stream_js, sizeof stream_js},
    {"signals.js", signals_js, sizeof signals_js},
    {"map.js", map_js, sizeof map_js},
    {"area.js", area_js, sizeof area_js},
    {"chart.js", chart_js, sizeof chart_js},
    {"sources.js", sources_js, sizeof sources_js},
    {"openapi.json", openapi_json, sizeof openapi_json},
    {"outlines.txt", outlines_txt, sizeof outlines_txt},
};

size_t bw_page_count(void) { return sizeof files / sizeof files[0]; }

const struct bw_page_file *bw_page_file_at(size_t place) {
  return place < bw_page_count() ? &files[place] : NULL;
}
