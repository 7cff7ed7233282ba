/* Pages of pictures. */
#include "src/draw/page.h"

#include <ocellus/image.h>

#include <math.h>

static const double TITLE = 30, TEXT = 20, CAPTION_ROOM = 34, HEADING_ROOM = 50, MIN_WIDTH = 560;

oc_pen oc_page_pen(double size, double align, bool bold, oc_color color)
{
    return (oc_pen){size, align, bold, color};
}

/* The number of panels, from `first` on, that fit in one line. When a group of equal panels needs several lines, its
 * panels are spread evenly over them. */
static size_t fit_line(const oc_page *page, size_t first)
{
    double x = 0;
    size_t group = first, fit = first;
    bool equal = true;
    for (; group < page->count && (group == first || !page->panels[group].heading); group++) {
        x += page->panels[group].width;
        fit = x <= page->widest || group == first ? group + 1 : fit;
        x += OC_PAGE_GAP;
        equal = equal && page->panels[group].width <= page->panels[first].width &&
                page->panels[group].width >= page->panels[first].width;
    }
    size_t all = group - first, lines = (all + fit - first - 1) / (fit - first);
    return equal ? (all + lines - 1) / lines : fit - first;
}

/* Sets the places of all panels; *width and *height are those of the page. */
static void place(oc_page *page, double *width, double *height)
{
    double y = OC_PAGE_MARGIN, right = OC_PAGE_MARGIN + MIN_WIDTH;
    y += page->title ? TITLE + 8 : 0;
    y += page->subtitle ? TEXT + 8 : 0;
    for (size_t i = 0; i < page->count; i++) {
        page->panels[i].width = page->panels[i].height * page->panels[i].aspect;
    }
    for (size_t first = 0, in_line; first < page->count; first += in_line) {
        double x = OC_PAGE_MARGIN, high = 0;
        in_line = fit_line(page, first);
        y += first ? OC_PAGE_GAP : 0;
        y += page->panels[first].heading ? HEADING_ROOM : first ? 0 : 12;
        for (size_t i = first; i < first + in_line; i++) {
            oc_panel *p = &page->panels[i];
            double caption = p->caption ? CAPTION_ROOM : 0;
            p->x = x;
            p->y = y + caption;
            x += p->width + OC_PAGE_GAP;
            high = fmax(high, p->height + caption);
            right = fmax(right, p->x + p->width);
        }
        y += high;
    }
    *width = ceil(right + OC_PAGE_MARGIN);
    *height = ceil(y + OC_PAGE_MARGIN);
}

static void write_heading(oc_page *page, const oc_panel *p, double y, double room)
{
    oc_pen pen = oc_page_pen(24, 0, true, OC_INK);
    double taken = oc_text_extent(pen, p->heading) + 24;
    oc_canvas_text_cut(&page->canvas, OC_PAGE_MARGIN, y, pen, room, p->heading);
    if (p->note && taken < room) {
        oc_canvas_text_cut(&page->canvas, OC_PAGE_MARGIN + taken, y, oc_page_pen(TEXT, 0, false, OC_QUIET),
                           room - taken, p->note);
    }
}

oc_status oc_page_lay_out(oc_page *page, oc_error *err)
{
    double width, height, y = OC_PAGE_MARGIN + 0.7 * TITLE;
    place(page, &width, &height);
    oc_status status = oc_canvas_create(&page->canvas, (size_t)fmin(width, 1e9), (size_t)fmin(height, 1e9), err);
    if (status != OC_OK) {
        return status;
    }
    double room = width - 2 * OC_PAGE_MARGIN;
    if (page->title) {
        oc_canvas_text_cut(&page->canvas, OC_PAGE_MARGIN, y, oc_page_pen(TITLE, 0, true, OC_INK), room, page->title);
        y += TEXT + 14;
    }
    if (page->subtitle) {
        oc_canvas_text_cut(&page->canvas, OC_PAGE_MARGIN, y, oc_page_pen(TEXT, 0, false, OC_QUIET), room,
                           page->subtitle);
    }
    for (size_t i = 0; i < page->count; i++) {
        const oc_panel *p = &page->panels[i];
        double top = p->y - (p->caption ? CAPTION_ROOM : 0);
        if (p->heading) {
            write_heading(page, p, top - 14, room);
        }
        if (p->caption) {
            oc_canvas_text_cut(&page->canvas, p->x, p->y - 11, oc_page_pen(TEXT, 0, p->strong, OC_INK), p->width,
                               p->caption);
        }
    }
    return OC_OK;
}

oc_status oc_page_finish(oc_page *page, oc_status status, const char *path, oc_error *err)
{
    if (status == OC_OK) {
        status = oc_image_write_png(&(oc_pixels){page->canvas.rgb, page->canvas.width, page->canvas.height, 3, 0}, path,
                                    err);
    }
    oc_canvas_free(&page->canvas);
    return status;
}
