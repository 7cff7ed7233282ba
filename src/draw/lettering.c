/* Draws text on a canvas. Letters are made of strokes of one width, so they can be drawn at any size.
 *
 * A letter is written as its width and a path in units of a tenth of the height of capitals, y up from the base line:
 * Mx y begins a stroke, Lx y is a straight line, Cu v x y a quarter of an ellipse to (x, y) that turns towards the
 * corner (u, v). */
#include "src/draw/canvas.h"

#include <math.h>
#include <string.h>

enum { ARC = 6, MAX_POINTS = 160, MAX_STROKES = 12 };

/* In units: the gap between letters, the widths of strokes, the height of a line. */
static const double GAP = 2.3, PLAIN = 1.1, BOLD = 1.75, LINE = 10 / 0.7;

typedef struct letter {
    double width;
    const char *path;
} letter;

/* The printable ASCII characters in order, from the blank on. */
static const letter letters[] = {
    {2.2, ""},
    {0, "M0 10L0 3M0 .1L0 0"},
    {2.4, "M0 10L0 7M2.4 10L2.4 7"},
    {7, "M1.2 0L2.8 10M4.2 0L5.8 10M.3 6.6L7 6.6M0 3.4L6.7 3.4"},
    {6.8, "M6.4 8C5.6 10 3.5 10C.5 10 .5 7.6C.5 5.2 3.4 5.2C6.8 5.2 6.8 2.6C6.8 0 3.5 0C.8 0 0 2.2M3.4 11.4L3.4 -1.4"},
    {9, "M8 10L1 0M2 10C0 10 0 7.7C0 5.4 2 5.4C4 5.4 4 7.7C4 10 2 10M7 4.6C5 4.6 5 2.3C5 0 7 0C9 0 9 2.3C9 4.6 7 4.6"},
    {7.6, "M7.6 0L2 6.4C1 7.4 1 8.2C1 10 2.9 10C4.8 10 4.8 8.2C4.8 6.9 3.6 6.1L1.4 4.8C0 3.9 0 2.5C0 0 2.9 0"
          "C6.2 0 7 4.4"},
    {0, "M0 10L0 7"},
    {2.4, "M2.4 11.2C0 8.6 0 4.6C0 .6 2.4 -2"},
    {2.4, "M0 11.2C2.4 8.6 2.4 4.6C2.4 .6 0 -2"},
    {4.6, "M2.3 10L2.3 5M.2 8.8L4.4 6.2M4.4 8.8L.2 6.2"},
    {6, "M3 1.5L3 7.5M0 4.5L6 4.5"},
    {.7, "M.7 .3L0 -1.8"},
    {3.4, "M0 3.8L3.4 3.8"},
    {0, "M0 .1L0 0"},
    {4.6, "M0 -1.2L4.6 10.8"},
    {6, "M3 10C0 10 0 5C0 0 3 0C6 0 6 5C6 10 3 10"},
    {6, "M1.1 8.1L3.6 10L3.6 0"},
    {6, "M.3 7.5C.5 10 3 10C5.7 10 5.7 7.4C5.7 6 4.6 4.8L.1 0L6 0"},
    {6, "M.3 8C.9 10 3 10C5.6 10 5.6 7.6C5.6 5.3 3 5.3L2.2 5.3M3 5.3C6 5.3 6 2.7C6 0 3 0C.6 0 0 2.1"},
    {6, "M4.6 0L4.6 10L0 3L6 3"},
    {6, "M5.4 10L.9 10L.5 5.2C1.5 6.4 3.1 6.4C6 6.4 6 3.2C6 0 3 0C.8 0 0 1.9"},
    {6, "M5.3 8.7C4.7 10 3.2 10C0 10 0 4.6L0 3.2C0 0 3 0C6 0 6 3.1C6 6.1 3.1 6.1C0 6.1 0 3.2"},
    {6, "M0 10L6 10L2 0"},
    {6, "M3 5.4C.4 5.4 .4 7.7C.4 10 3 10C5.6 10 5.6 7.7C5.6 5.4 3 5.4C0 5.4 0 2.7C0 0 3 0C6 0 6 2.7C6 5.4 3 5.4"},
    {6, "M.7 1.3C1.3 0 2.8 0C6 0 6 5.4L6 6.8C6 10 3 10C0 10 0 6.9C0 3.9 2.9 3.9C6 3.9 6 6.8"},
    {0, "M0 .1L0 0M0 6.4L0 6.3"},
    {.7, "M.7 .3L0 -1.8M.7 6.4L.7 6.3"},
    {5.6, "M5.6 7.6L0 4.5L5.6 1.4"},
    {6, "M0 6L6 6M0 3L6 3"},
    {5.6, "M0 7.6L5.6 4.5L0 1.4"},
    {5.2, "M0 7.9C.4 10 2.6 10C5.2 10 5.2 7.6C5.2 6.2 3.9 5.2C2.6 4.2 2.6 2.8M2.6 .1L2.6 0"},
    {10, "M7 6C6.6 7.2 5.1 7.2C2.8 7.2 2.8 4.4C2.8 1.6 4.9 1.6C7 1.6 7 4.4L7 7M7 4C7 1.6 8.5 1.6C10 1.6 10 4.6"
         "C10 10 5 10C0 10 0 4.4C0 -1.4 5.2 -1.4C7 -1.4 8 -.6"},
    {8, "M0 0L4 10L8 0M1.3 3.2L6.7 3.2"},
    {7, "M0 0L0 10L3.9 10C6.5 10 6.5 7.65C6.5 5.3 3.9 5.3L0 5.3M3.9 5.3C7 5.3 7 2.65C7 0 3.9 0L0 0"},
    {7.6, "M7.5 7.6C6.8 10 4.1 10C0 10 0 5C0 0 4.1 0C6.8 0 7.5 2.4"},
    {7.6, "M0 0L0 10L3.4 10C7.6 10 7.6 5C7.6 0 3.4 0L0 0"},
    {6, "M6 10L0 10L0 0L6 0M0 5.3L5.2 5.3"},
    {5.8, "M5.8 10L0 10L0 0M0 5.2L5.1 5.2"},
    {7.9, "M7.6 7.6C6.9 10 4.2 10C0 10 0 5C0 0 4.2 0C7.8 0 7.8 3.4L7.8 4.7L4.6 4.7"},
    {7.4, "M0 0L0 10M7.4 0L7.4 10M0 5.3L7.4 5.3"},
    {0, "M0 0L0 10"},
    {4.8, "M4.8 10L4.8 3C4.8 0 2.4 0C.4 0 0 2.1"},
    {7, "M0 0L0 10M6.6 10L0 3.9M2.5 6.2L7 0"},
    {5.6, "M0 10L0 0L5.6 0"},
    {9, "M0 0L0 10L4.5 2.4L9 10L9 0"},
    {7.5, "M0 0L0 10L7.5 0L7.5 10"},
    {8.4, "M4.2 10C0 10 0 5C0 0 4.2 0C8.4 0 8.4 5C8.4 10 4.2 10"},
    {6.8, "M0 0L0 10L3.9 10C6.8 10 6.8 7.2C6.8 4.4 3.9 4.4L0 4.4"},
    {8.6, "M4.2 10C0 10 0 5C0 0 4.2 0C8.4 0 8.4 5C8.4 10 4.2 10M5.4 2.6L8.6 -.7"},
    {7, "M0 0L0 10L3.9 10C6.8 10 6.8 7.2C6.8 4.4 3.9 4.4L0 4.4M3.9 4.4L7 0"},
    {6.8, "M6.4 7.9C5.8 10 3.5 10C.5 10 .5 7.6C.5 5.2 3.4 5.2C6.8 5.2 6.8 2.6C6.8 0 3.5 0C.6 0 0 2.3"},
    {7.6, "M0 10L7.6 10M3.8 10L3.8 0"},
    {7.4, "M0 10L0 3.6C0 0 3.7 0C7.4 0 7.4 3.6L7.4 10"},
    {8, "M0 10L4 0L8 10"},
    {11.2, "M0 10L2.8 0L5.6 10L8.4 0L11.2 10"},
    {7.4, "M0 0L7.2 10M.2 10L7.4 0"},
    {7.6, "M0 10L3.8 4.8L7.6 10M3.8 4.8L3.8 0"},
    {7, "M.2 10L6.8 10L0 0L7 0"},
    {2.2, "M2.2 11.2L0 11.2L0 -2L2.2 -2"},
    {4.6, "M0 10.8L4.6 -1.2"},
    {2.2, "M0 11.2L2.2 11.2L2.2 -2L0 -2"},
    {5, "M0 6L2.5 10L5 6"},
    {6, "M0 -1.6L6 -1.6"},
    {1.6, "M0 10.6L1.6 8.6"},
    {5.2, "M.4 5.6C.9 7 2.8 7C5.2 7 5.2 4.6L5.2 0M5.2 4.1L2.6 4.1C0 4.1 0 2C0 0 2.1 0C5.2 0 5.2 2.8"},
    {5.8, "M0 10L0 0M0 3.5C0 7 2.9 7C5.8 7 5.8 3.5C5.8 0 2.9 0C0 0 0 3.5"},
    {5.2, "M5.2 5.3C4.7 7 2.9 7C0 7 0 3.5C0 0 2.9 0C4.7 0 5.2 1.7"},
    {5.8, "M5.8 10L5.8 0M5.8 3.5C5.8 7 2.9 7C0 7 0 3.5C0 0 2.9 0C5.8 0 5.8 3.5"},
    {5.8, "M0 3.7L5.8 3.7C5.8 7 2.9 7C0 7 0 3.5C0 0 3 0C5 0 5.6 1.5"},
    {3.6, "M3.8 10C1.3 10 1.3 7.8L1.3 0M0 6.9L3.4 6.9"},
    {5.8, "M5.8 7L5.8 -.2C5.8 -3 2.9 -3C1 -3 .4 -1.8M5.8 3.5C5.8 7 2.9 7C0 7 0 3.5C0 0 2.9 0C5.8 0 5.8 3.5"},
    {5.3, "M0 10L0 0M0 3.9C0 7 2.8 7C5.3 7 5.3 4.2L5.3 0"},
    {0, "M0 7L0 0M0 9.7L0 9.6"},
    {1, "M1 7L1 -1.2C1 -3 -.8 -3M1 9.7L1 9.6"},
    {5.2, "M0 10L0 0M4.8 7L0 2.6M1.8 4.2L5.2 0"},
    {1.2, "M0 10L0 1.6C0 0 1.5 0"},
    {9, "M0 7L0 0M0 4.2C0 7 2.4 7C4.5 7 4.5 4.4L4.5 0M4.5 4.2C4.5 7 6.9 7C9 7 9 4.4L9 0"},
    {5.3, "M0 7L0 0M0 3.9C0 7 2.8 7C5.3 7 5.3 4.2L5.3 0"},
    {5.9, "M2.95 7C0 7 0 3.5C0 0 2.95 0C5.9 0 5.9 3.5C5.9 7 2.95 7"},
    {5.8, "M0 7L0 -3M0 3.5C0 7 2.9 7C5.8 7 5.8 3.5C5.8 0 2.9 0C0 0 0 3.5"},
    {5.8, "M5.8 7L5.8 -3M5.8 3.5C5.8 7 2.9 7C0 7 0 3.5C0 0 2.9 0C5.8 0 5.8 3.5"},
    {3.2, "M0 7L0 0M0 3.9C0 7 2.4 7L3.2 6.9"},
    {4.7, "M4.4 5.6C4 7 2.4 7C.2 7 .2 5.3C.2 3.6 2.4 3.6C4.7 3.6 4.7 1.8C4.7 0 2.4 0C.4 0 0 1.5"},
    {3.6, "M1.3 9.2L1.3 2C1.3 0 3 0L3.7 .1M0 6.9L3.6 6.9"},
    {5.3, "M0 7L0 2.8C0 0 2.5 0C5.3 0 5.3 3.1M5.3 7L5.3 0"},
    {5.6, "M0 7L2.8 0L5.6 7"},
    {8.4, "M0 7L2.1 0L4.2 7L6.3 0L8.4 7"},
    {5.2, "M.1 7L5.2 0M0 0L5.1 7"},
    {5.6, "M0 7L2.9 .2M5.6 7L2.4 -1.4C1.7 -3 .2 -3"},
    {4.8, "M.1 7L4.7 7L0 0L4.8 0"},
    {3, "M3 11.2C1.4 11.2 1.4 9.2L1.4 6.6C1.4 4.6 0 4.6C1.4 4.6 1.4 2.6L1.4 0C1.4 -2 3 -2"},
    {0, "M0 11.2L0 -2"},
    {3, "M0 11.2C1.6 11.2 1.6 9.2L1.6 6.6C1.6 4.6 3 4.6C1.6 4.6 1.6 2.6L1.6 0C1.6 -2 0 -2"},
    {6, "M0 3.8C0 5.4 1.5 5.4C2.3 5.4 3 4.6C3.7 3.8 4.5 3.8C6 3.8 6 5.4"},
};
static const letter unknown_letter = {5, "M0 0L5 0L5 10L0 10L0 0"};

/* Returns the next letter of UTF-8 text and moves *text past it. */
static const letter *next_letter(const char **text)
{
    unsigned char first = (unsigned char)*(*text)++;
    while (((unsigned char)**text & 0xc0) == 0x80 && first >= 0x80) {
        (*text)++;
    }
    return first >= 0x20 && first < 0x7f ? &letters[first - 0x20] : &unknown_letter;
}

/* Reads a decimal number of the table and moves *path past it. */
static double read_number(const char **path)
{
    double sign = 1, value = 0, unit = 1;
    const char *at = *path + (**path == ' ');
    if (*at == '-') {
        sign = -1;
        at++;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        value = 10 * value + (*at - '0');
    }
    if (*at == '.') {
        for (at++; *at >= '0' && *at <= '9'; at++) {
            unit /= 10;
            value += unit * (*at - '0');
        }
    }
    *path = at;
    return sign * value;
}

typedef struct shape {
    double points[2 * MAX_POINTS];
    size_t ends[MAX_STROKES];
    size_t count, lines;
} shape;

static void add_point(shape *s, double x, double y)
{
    if (s->count < MAX_POINTS) {
        s->points[2 * s->count] = x;
        s->points[2 * s->count + 1] = y;
        s->ends[s->lines - 1] = ++s->count;
    }
}

static void add_arc(shape *s, double u, double v, double x, double y)
{
    double from_x = s->points[2 * s->count - 2], from_y = s->points[2 * s->count - 1];
    for (int i = 1; i <= ARC; i++) {
        double angle = i * M_PI_2 / ARC, a = 1 - sin(angle), b = 1 - cos(angle);
        /* the centre lies opposite to the corner: centre = from + to - corner */
        add_point(s, u + a * (from_x - u) + b * (x - u), v + a * (from_y - v) + b * (y - v));
    }
}

static void read_path(const char *path, shape *s)
{
    *s = (shape){.count = 0};
    while (*path) {
        char what = *path++;
        double x = read_number(&path), y = read_number(&path);
        if (what == 'M' && s->lines < MAX_STROKES) {
            s->ends[s->lines++] = s->count;
            add_point(s, x, y);
        } else if (what == 'C') {
            double to_x = read_number(&path), to_y = read_number(&path);
            add_arc(s, x, y, to_x, to_y);
        } else {
            add_point(s, x, y);
        }
    }
}

double oc_text_extent(oc_pen pen, const char *text)
{
    double units = 0;
    for (bool first = true; *text; first = false) {
        units += next_letter(&text)->width + (first ? 0 : GAP);
    }
    return units * pen.size / LINE;
}

void oc_canvas_text(oc_canvas *canvas, double x, double y, oc_pen pen, const char *text)
{
    double unit = pen.size / LINE;
    shape s;
    x -= pen.align * oc_text_extent(pen, text);
    while (*text) {
        const letter *l = next_letter(&text);
        read_path(l->path, &s);
        for (size_t i = 0; i < s.count; i++) {
            s.points[2 * i] = x + unit * s.points[2 * i];
            s.points[2 * i + 1] = y - unit * s.points[2 * i + 1];
        }
        oc_canvas_strokes(canvas, s.points, s.ends, s.lines, unit * (pen.bold ? BOLD : PLAIN), pen.color);
        x += unit * (l->width + GAP);
    }
}

void oc_canvas_text_cut(oc_canvas *canvas, double x, double y, oc_pen pen, double room, const char *text)
{
    enum { MAX_LENGTH = 400 };
    char cut[MAX_LENGTH + 4];
    if (strlen(text) < MAX_LENGTH && oc_text_extent(pen, text) <= room) {
        oc_canvas_text(canvas, x, y, pen, text);
        return;
    }
    size_t length = strlen(text) < MAX_LENGTH ? strlen(text) : MAX_LENGTH;
    memcpy(cut, text, length);
    do {
        while (length && ((unsigned char)cut[length - 1] & 0xc0) == 0x80) {
            length--;
        }
        length -= length > 0;
        memcpy(cut + length, "...", 4);
    } while (length && oc_text_extent(pen, cut) > room);
    oc_canvas_text(canvas, x, y, pen, cut);
}
