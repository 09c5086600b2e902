#ifndef CREPORTASSETS_H
#define CREPORTASSETS_H

// The files of the report's page, as they stand in `page` and `vendor`. They are taken in by C's
// #embed: an array literal as long as the library for charts keeps the Swift compiler busy for 40 s.

#include <stddef.h>

typedef struct {
  const char *_Nonnull bytes;
  size_t count;
} report_asset;

/// The style sheet.
report_asset report_style(void);

/// Chart.js, minified, with its licence at its head.
report_asset report_chart_library(void);

/// The page's own scripts, in the order in which they are to be joined.
#define REPORT_SCRIPTS 8
report_asset report_script(size_t number);

#endif
