/* Pages of pictures: a title, then panels with captions in lines from left to right. */
#ifndef OC_DRAW_PAGE_H
#define OC_DRAW_PAGE_H

#include "src/draw/canvas.h"

enum { OC_PAGE_MARGIN = 48, OC_PAGE_GAP = 36 };

typedef struct oc_panel {
    const char *heading; /* of a new line that begins with this panel; NULL: the panel continues the line */
    const char *note;    /* in gray after the heading, or NULL */
    const char *caption; /* or NULL */
    double aspect, height;
    double x, y, width; /* set by oc_page_lay_out */
    bool strong;        /* the caption in bold */
} oc_panel;

typedef struct oc_page {
    oc_canvas canvas;
    const char *title, *subtitle;
    oc_panel *panels; /* (count) */
    size_t count;
    double widest; /* maximum width of a line of panels */
} oc_page;

/* Places the panels, makes the canvas and writes title, headings and captions. OC_TOO_LARGE, OC_NO_MEMORY. */
oc_status oc_page_lay_out(oc_page *page, oc_error *err);
/* Writes the canvas to a PNG file if `status` is OC_OK; frees it in any case. */
oc_status oc_page_finish(oc_page *page, oc_status status, const char *path, oc_error *err);

oc_pen oc_page_pen(double size, double align, bool bold, oc_color color);

#endif
