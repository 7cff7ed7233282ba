/* The canvas: what is covered, what is cut off, text. */
#include "src/draw/canvas.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(canvas);

enum { SIDE = 40 };

static oc_canvas blank(void)
{
    oc_canvas canvas;
    cr_assert(oc_canvas_create(&canvas, SIDE, SIDE, NULL) == OC_OK);
    return canvas;
}

/* Ink on the whole sheet, in pixels, for black on white. */
static double ink(const oc_canvas *canvas)
{
    double sum = 0;
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        sum += 1 - canvas->rgb[3 * i] / 255.0;
        cr_assert(canvas->mask[i] <= 0);
    }
    return sum;
}

static const oc_color BLACK = {0, 0, 0};

Test(canvas, a_rectangle_covers_its_area_and_is_cut_at_the_edge)
{
    oc_canvas canvas = blank();
    oc_canvas_fill(&canvas, 3.25, 4.5, 10.5, 7, BLACK);
    cr_assert(fabs(ink(&canvas) - 10.5 * 7) <= 0.2);
    cr_assert(canvas.rgb[3 * (6 * SIDE + 6)] == 0 && canvas.rgb[3 * (6 * SIDE + 2)] == 255);
    cr_assert(canvas.rgb[3 * (6 * SIDE + 3)] == 64); /* three quarters */
    oc_canvas_free(&canvas);
    canvas = blank();
    oc_canvas_fill(&canvas, -10, -10, 12, 13, BLACK);
    oc_canvas_fill(&canvas, 39, 38, 1e12, 1e12, BLACK);
    oc_canvas_fill(&canvas, 50, 50, 5, 5, BLACK);
    oc_canvas_fill(&canvas, NAN, 0, 5, 5, BLACK);
    cr_assert(fabs(ink(&canvas) - 8) <= 0.01);
    oc_canvas_free(&canvas);
}

Test(canvas, a_line_covers_length_times_width_wherever_it_lies)
{
    for (int degrees = 0; degrees < 180; degrees += 15) {
        oc_canvas canvas = blank();
        double angle = degrees * M_PI / 180, dx = 12 * cos(angle), dy = 12 * sin(angle);
        oc_canvas_line(&canvas, 20 - dx, 20 - dy, 20 + dx, 20 + dy, 3, BLACK);
        cr_assert(fabs(ink(&canvas) - (24 * 3 + M_PI * 2.25)) <= 2.5, "%d degrees: %g", degrees, ink(&canvas));
        oc_canvas_free(&canvas);
    }
}

Test(canvas, joints_are_no_darker_than_the_rest)
{
    oc_canvas once = blank(), joined = blank();
    const double points[] = {5, 20.3, 15, 20.3, 25, 20.3, 35, 20.3};
    oc_canvas_line(&once, 5, 20.3, 35, 20.3, 0.6, BLACK);
    oc_canvas_polyline(&joined, points, 4, 0.6, BLACK);
    cr_assert(memcmp(once.rgb, joined.rgb, sizeof(uint8_t) * 3 * SIDE * SIDE) == 0);
    oc_canvas_free(&once);
    oc_canvas_free(&joined);
}

Test(canvas, lines_far_outside_or_without_a_place_draw_nothing)
{
    oc_canvas canvas = blank();
    oc_canvas_line(&canvas, -500, -500, -100, -50, 4, BLACK);
    oc_canvas_line(&canvas, NAN, 3, 4, INFINITY, 4, BLACK);
    oc_canvas_polyline(&canvas, NULL, 0, 4, BLACK);
    cr_assert(ink(&canvas) <= 0);
    oc_canvas_free(&canvas);
}

Test(canvas, every_printable_letter_leaves_ink_inside_of_its_room)
{
    for (char letter = ' ' + 1; letter < 127; letter++) {
        oc_canvas canvas = blank();
        char text[] = {letter, 0};
        oc_pen pen = {20, 0, false, BLACK};
        oc_canvas_text(&canvas, 10, 25, pen, text);
        double width = oc_text_extent(pen, text);
        cr_assert(ink(&canvas) > 0.8, "'%c'", letter);
        for (size_t i = 0; i < SIDE * SIDE; i++) {
            double x = (double)(i % SIDE), y = (double)(i / SIDE);
            bool inside = x > 6 && x < 13 + width && y > 7 && y < 32;
            cr_assert(inside || canvas.rgb[3 * i] == 255, "'%c' at %g, %g", letter, x, y);
        }
        oc_canvas_free(&canvas);
    }
}

Test(canvas, text_is_as_wide_as_it_says_and_is_cut_to_its_room)
{
    oc_pen pen = {10, 0, false, BLACK};
    cr_assert(oc_text_extent(pen, "") <= 0);
    cr_assert(fabs(oc_text_extent(pen, "HH") - 0.7 * (7.4 + 2.3 + 7.4)) <= 1e-9);
    cr_assert(oc_text_extent(pen, "caf\xc3\xa9") > oc_text_extent(pen, "caf"));
    oc_canvas canvas = blank();
    oc_canvas_text_cut(&canvas, 2, 20, pen, 30, "a text that is far too long for so little room\xe2\x82\xac");
    for (size_t y = 0; y < SIDE; y++) {
        cr_assert(canvas.rgb[3 * (y * SIDE + 35)] == 255, "ink behind the room");
    }
    cr_assert(ink(&canvas) > 5);
    oc_canvas_free(&canvas);
}

Test(canvas, colours_of_scales_are_light_at_one_end_and_bounded)
{
    for (int i = -30; i <= 30; i++) {
        oc_color a = oc_color_scale(i / 10.0), b = oc_color_scale((i + 1) / 10.0);
        cr_assert(a.r + 2 * a.g + a.b <= b.r + 2 * b.g + b.b);
    }
    oc_color zero = oc_color_signed(0), nothing = oc_color_signed(NAN);
    cr_assert(zero.r == 255 && zero.g == 255 && zero.b == 255 && nothing.r == 255);
    cr_assert(oc_color_signed(9).b == OC_FOR.b && oc_color_signed(-9).r == OC_AGAINST.r);
}

Test(canvas, sheets_past_the_limit_are_refused)
{
    oc_canvas canvas;
    oc_error err;
    cr_assert(oc_canvas_create(&canvas, 0, 5, &err) == OC_TOO_LARGE);
    cr_assert(oc_canvas_create(&canvas, 20001, 5, &err) == OC_TOO_LARGE && strstr(err.message, "20001x5"));
}
