#include "CReportAssets.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char style[] = {
#embed "page/report.css"
};
static const char library[] = {
#embed "vendor/chart.min.js"
};
static const char text[] = {
#embed "page/text.js"
};
static const char elements[] = {
#embed "page/elements.js"
};
static const char charts[] = {
#embed "page/charts.js"
};
static const char graph[] = {
#embed "page/graph.js"
};
static const char runs[] = {
#embed "page/runs.js"
};
static const char work[] = {
#embed "page/work.js"
};
static const char releases[] = {
#embed "page/releases.js"
};
static const char page[] = {
#embed "page/page.js"
};

#define ASSET(array) ((report_asset){array, sizeof(array)})

report_asset report_style(void) { return ASSET(style); }

report_asset report_chart_library(void) { return ASSET(library); }

report_asset report_script(size_t number) {
  const report_asset scripts[REPORT_SCRIPTS] = {
      ASSET(text), ASSET(elements), ASSET(charts),   ASSET(graph),
      ASSET(runs), ASSET(work),     ASSET(releases), ASSET(page),
  };
  return number < REPORT_SCRIPTS ? scripts[number] : ASSET("");
}
