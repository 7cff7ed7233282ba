/* Classifying many images: batches, lists, and the CSV file of answers. */
#include "tests/unit/model/support.h"

#include "src/base/threads.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_IMAGES = 600, CLASSES = 3 };

TestSuite(classify, .init = make_test_folder, .fini = remove_test_folder);

/* What a batch answered. */
typedef struct heard {
    size_t count, fail_at; /* fail_at: the answer, counted from 1, that is refused; 0: none */
    char path[MAX_IMAGES][100];
    oc_status status[MAX_IMAGES];
    float scores[MAX_IMAGES][CLASSES];
    bool passed_over[MAX_IMAGES];
} heard;

static oc_status hear(void *context, const oc_answer *answer, oc_error *err)
{
    heard *h = context;
    size_t i = h->count++;
    cr_assert(i < MAX_IMAGES);
    snprintf(h->path[i], sizeof h->path[i], "%s", answer->path);
    h->status[i] = answer->status;
    h->passed_over[i] = answer->status == OC_OK && !answer->prediction.scores;
    cr_assert((answer->message != NULL) == (answer->status != OC_OK));
    cr_assert(!answer->message || strncmp(answer->message, answer->path, strlen(answer->path)) == 0, "%s",
              answer->message);
    if (answer->prediction.scores) {
        memcpy(h->scores[i], answer->prediction.scores, sizeof h->scores[i]);
    }
    if (h->count == h->fail_at) {
        snprintf(err->message, sizeof err->message, "enough");
        return err->status = OC_IO;
    }
    return OC_OK;
}

/* in/across, in/down, in/slope and a model of them. */
static oc_model *make_model(size_t each)
{
    put_stripes("in", each, 18, 18, 4);
    oc_set *set = extracted(at("in"), "hog:cell=6", NULL, NULL, NULL);
    oc_model *model = model_of(set, 0, NULL);
    oc_set_free(set);
    return model;
}

static oc_batch *batch_of(const oc_model *model, heard *h, size_t done, oc_job *job)
{
    oc_batch *batch = NULL;
    oc_error err = {0};
    oc_batch_options options = {.image = extract_defaults().image, .done = done, .answer = hear, .context = h};
    cr_assert(oc_batch_create(model, &options, job, &batch, &err) == OC_OK, "%s", err.message);
    return batch;
}

static void add_folder(oc_batch *batch, const char *path)
{
    oc_dataset *dataset = NULL;
    oc_error err = {0};
    cr_assert(oc_dataset_open_unlabelled(path, &dataset, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_batch_add_dataset(batch, dataset, &err) == OC_OK, "%s", err.message);
    oc_dataset_free(dataset);
}

Test(classify, many_are_answered_in_order_as_each_alone)
{
    oc_model *model = make_model(60);
    put_text("in/across/00.png", "no image");
    put_png("in/beside.png", 90);
    for (size_t threads = 1; threads < 5; threads += 3) {
        oc_job *job = job_of(threads);
        heard *h = calloc(1, sizeof *h);
        oc_batch *batch = batch_of(model, h, 0, job);
        oc_predictor *predictor = NULL;
        add_folder(batch, at("in"));
        cr_assert(oc_batch_flush(batch, NULL) == OC_OK);
        cr_assert(h->count == 182 && oc_predictor_create(model, &predictor, NULL) == OC_OK);
        for (size_t i = 0; i < h->count; i++) {
            oc_prediction prediction;
            oc_status alone = oc_classify_file(predictor, h->path[i], &prediction, NULL);
            cr_assert(h->status[i] == alone, "%s", h->path[i]);
            cr_assert(alone || memcmp(h->scores[i], prediction.scores, sizeof h->scores[i]) == 0, "%s", h->path[i]);
            cr_assert(i < 2 || strcmp(h->path[i - 1], h->path[i]) < 0, "%s", h->path[i]);
        }
        cr_assert(strstr(h->path[0], "in/beside.png") && strstr(h->path[1], "in/across/00.png"));
        cr_assert(h->status[0] == OC_OK && h->status[1] == OC_BAD_IMAGE, "%d %d", h->status[0], h->status[1]);
        oc_predictor_free(predictor);
        oc_batch_free(batch);
        oc_job_free(job);
        free(h);
    }
    oc_model_free(model);
}

Test(classify, rows_of_a_set_and_pixels_are_answered_like_images)
{
    oc_model *model = make_model(5);
    heard *images = calloc(1, sizeof *images), *rows = calloc(1, sizeof *rows);
    oc_batch *batch = batch_of(model, images, 0, NULL), *other = batch_of(model, rows, 0, NULL);
    oc_set *set = NULL;
    oc_extract_options options = extract_defaults();
    oc_dataset *dataset = open_set(at("in"));
    oc_error why = {OC_NOT_FOUND, "there: is none"};
    cr_assert(oc_set_extract(dataset, oc_model_features(model), &options, NULL, &set, NULL) == OC_OK);
    add_folder(batch, at("in"));
    cr_assert(oc_batch_flush(batch, NULL) == OC_OK);
    cr_assert(oc_batch_add_failure(other, "there", &why, NULL) == OC_OK);
    cr_assert(oc_batch_add_set(other, set, NULL) == OC_OK);
    cr_assert(rows->count == 16 && images->count == 15 && rows->status[0] == OC_NOT_FOUND);
    cr_assert(memcmp(rows->scores[1], images->scores[0], 15 * sizeof *images->scores) == 0);
    cr_assert(strcmp(rows->path[1], "across/000.png") == 0);
    oc_dataset_free(dataset);
    oc_set_free(set);
    oc_batch_free(batch);
    oc_batch_free(other);
    oc_model_free(model);
    free(images);
    free(rows);
}

Test(classify, an_answer_that_is_refused_and_a_cancelled_job_end_the_work)
{
    oc_model *model = make_model(60);
    oc_job *job = job_of(3);
    oc_error err = {0};
    heard *h = calloc(1, sizeof *h);
    h->fail_at = 7;
    oc_dataset *dataset = open_set(at("in"));
    oc_batch *batch = batch_of(model, h, 0, job);
    cr_assert(oc_batch_add_dataset(batch, dataset, &err) == OC_IO && strcmp(err.message, "enough") == 0);
    cr_assert(h->count == 7);
    oc_batch_free(batch);
    batch = batch_of(model, h, 0, job);
    h->fail_at = 0;
    oc_job_cancel(job);
    cr_assert(oc_batch_add_dataset(batch, dataset, &err) == OC_CANCELLED && h->count == 7);
    oc_batch_free(batch);
    oc_job_free(job);
    oc_dataset_free(dataset);
    oc_model_free(model);
    free(h);
}

Test(classify, items_that_are_done_are_not_read)
{
    oc_model *model = make_model(5);
    heard *h = calloc(1, sizeof *h);
    oc_batch *batch = batch_of(model, h, 2, NULL);
    static const char *const names[] = {"nothing.png", "in/down/001.png", "in/down/002.png", "nothing.png"};
    for (size_t i = 0; i < 4; i++) {
        cr_assert(oc_batch_add_file(batch, at(names[i]), NULL) == OC_OK);
    }
    cr_assert(oc_batch_flush(batch, NULL) == OC_OK && h->count == 4);
    cr_assert(h->passed_over[0] && h->passed_over[1] && !h->passed_over[2]);
    cr_assert(h->status[2] == OC_OK && h->status[3] == OC_NOT_FOUND);
    oc_batch_free(batch);
    oc_model_free(model);
    free(h);
}

/* Adds a list that must end with this status. */
static size_t names_in(const oc_model *model, const char *text, size_t size, oc_status wanted)
{
    heard *h = calloc(1, sizeof *h);
    oc_error err = {0};
    oc_batch *batch = batch_of(model, h, 0, NULL);
    put("list", text, size);
    oc_status status = oc_batch_add_list(batch, at("list"), &err);
    cr_assert(status == wanted, "%s", err.message);
    cr_assert(status || oc_batch_flush(batch, NULL) == OC_OK);
    size_t count = h->count;
    oc_batch_free(batch);
    free(h);
    return count;
}

Test(classify, lists_are_lines_or_end_with_nul_bytes)
{
    oc_model *model = make_model(2);
    static const char nul[] = "a\nb\0c";
    cr_assert(names_in(model, "a\nb\r\n\nc", 7, OC_OK) == 3);
    cr_assert(names_in(model, nul, sizeof nul, OC_OK) == 2);
    cr_assert(names_in(model, "\n\n", 2, OC_BAD_DATA) == 0);
    cr_assert(names_in(model, "", 0, OC_BAD_DATA) == 0);
    char *long_name = malloc(70000);
    memset(long_name, 'x', 70000);
    names_in(model, long_name, 70000, OC_BAD_FILE);
    for (size_t i = 99; i < 70000; i += 100) {
        long_name[i] = '\n';
    }
    cr_assert(names_in(model, long_name, 60000, OC_OK) == 600); /* names that two pieces share are whole */
    long_name[69000] = '\0';
    names_in(model, long_name, 70000, OC_BAD_FILE);
    cr_assert(oc_batch_add_list(NULL, at("missing"), NULL) == OC_NOT_FOUND);
    free(long_name);
    oc_model_free(model);
}

static oc_answer_file *answer_file(const oc_model *model, size_t top, bool resume, oc_error *err)
{
    oc_answer_file *file = NULL;
    oc_answer_file_options options = {.top = top, .resume = resume, .image = extract_defaults().image};
    return oc_answer_file_create(model, at("out.csv"), &options, &file, err) ? NULL : file;
}

static oc_status answer_of(oc_answer_file *file, const char *path, const float *scores, oc_error *err)
{
    oc_answer answer = {.path = path, .prediction = {.label = 1, .scores = scores, .probabilities = scores}};
    return oc_answer_file_add(file, &answer, err);
}

static void expect_text(const char *name, const char *text)
{
    size_t size;
    char *now = contents(at(name), &size);
    cr_assert(strcmp(now, text) == 0, "%s", now);
    free(now);
}

Test(classify, answers_are_sorted_by_score_and_quoted)
{
    static const float scores[] = {0.25F, 0.5F, 0.25F};
    oc_model *model = make_model(2);
    oc_error err = {0};
    oc_answer_file *file = answer_file(model, 9, false, &err);
    oc_answer lost = {.path = "lost", .status = OC_IO, .message = "lost: cannot be read"};
    cr_assert(file && answer_of(file, "a,\"b\"", scores, NULL) == OC_OK);
    cr_assert(oc_answer_file_add(file, &lost, NULL) == OC_OK);
    cr_assert(oc_answer_file_count(file) == 2 && oc_answer_file_skipped(file) == 1);
    cr_assert(oc_answer_file_close(file, OC_OK, &err) == OC_OK, "%s", err.message);
    expect_text("out.csv", "path,label,probability,rank\n\"a,\"\"b\"\"\",down,0.5,1\n\"a,\"\"b\"\"\",across,0.25,2\n"
                           "\"a,\"\"b\"\"\",slope,0.25,3\n");
    oc_model_free(model);
}

/* Cancelled after `count` answers, then resumed. */
Test(classify, a_file_that_was_cut_short_is_resumed_by_the_same_images_only)
{
    static const float scores[] = {0.25F, 0.5F, 0.25F};
    static const char *const paths[] = {"a", "b", "c"};
    oc_model *model = make_model(2);
    oc_error err = {OC_CANCELLED, "cancelled"};
    oc_answer_file *file = answer_file(model, 0, false, &err);
    cr_assert(answer_of(file, "a", scores, NULL) == OC_OK && answer_of(file, "b", scores, NULL) == OC_OK);
    cr_assert(oc_answer_file_close(file, OC_CANCELLED, &err) == OC_CANCELLED);
    cr_assert(strstr(err.message, "2 images are kept in") && strstr(err.message, "out.csv.partial"), "%s", err.message);
    cr_assert(!answer_file(model, 2, true, &err) && err.status == OC_USAGE && strstr(err.message, "top 0"), "%s",
              err.message);
    file = answer_file(model, 0, true, &err); /* other images */
    cr_assert(file && oc_answer_file_done(file) == 2 && answer_of(file, "a", NULL, NULL) == OC_OK);
    cr_assert(answer_of(file, "x", NULL, &err) == OC_USAGE && strstr(err.message, "started with other images"));
    cr_assert(oc_answer_file_close(file, OC_USAGE, &err) == OC_USAGE);
    file = answer_file(model, 0, true, &err); /* too few */
    cr_assert(file && answer_of(file, "a", NULL, NULL) == OC_OK);
    cr_assert(oc_answer_file_close(file, OC_OK, &err) == OC_USAGE);
    file = answer_file(model, 0, true, &err);
    for (size_t i = 0; i < 3; i++) {
        cr_assert(answer_of(file, paths[i], i < 2 ? NULL : scores, &err) == OC_OK, "%s", err.message);
    }
    cr_assert(oc_answer_file_count(file) == 3 && oc_answer_file_close(file, OC_OK, &err) == OC_OK, "%s", err.message);
    expect_text("out.csv", "path,label,probability\na,down,0.5\nb,down,0.5\nc,down,0.5\n");
    file = answer_file(model, 0, true, &err); /* nothing is left to be resumed */
    cr_assert(file && oc_answer_file_done(file) == 0);
    cr_assert(oc_answer_file_close(file, OC_BAD_DATA, &err) == OC_BAD_DATA);
    expect_text("out.csv", "path,label,probability\na,down,0.5\nb,down,0.5\nc,down,0.5\n");
    oc_model_free(model);
}

/* The place where it goes on needs more than 32 bits. The 5 GB before it are a hole, which takes no room. */
Test(classify, a_file_longer_than_4_gb_is_resumed_at_its_end)
{
    static const float scores[] = {0.25F, 0.5F, 0.25F};
    static const char NOTES[] = "out.csv.partial/.ocellus-partial", LINES[] = "out.csv.partial/new";
    const off_t size = (off_t)5 << 30;
    oc_model *model = make_model(2);
    oc_error err = {OC_CANCELLED, "cancelled"};
    oc_answer_file *file = answer_file(model, 0, false, &err);
    cr_assert(answer_of(file, "a", scores, NULL) == OC_OK &&
              oc_answer_file_close(file, OC_CANCELLED, &err) == OC_CANCELLED);
    size_t length;
    char *notes = contents(at(NOTES), &length), *longer = malloc(length + 30), *place = strstr(notes, "done 1 ");
    cr_assert(place);
    sprintf(longer, "%.*sdone 1 %lld%s", (int)(place - notes), notes, (long long)size, strchr(place + 7, ' '));
    put_text(NOTES, longer);
    cr_assert(truncate(at(LINES), size) == 0);
    file = answer_file(model, 0, true, &err);
    cr_assert(file && answer_of(file, "a", NULL, NULL) == OC_OK && answer_of(file, "b", scores, NULL) == OC_OK, "%s",
              err.message);
    cr_assert(oc_answer_file_close(file, OC_OK, &err) == OC_OK, "%s", err.message);
    struct stat about;
    cr_assert(stat(at("out.csv"), &about) == 0 && about.st_size == size + (off_t)strlen("b,down,0.5\n"));
    free(notes);
    free(longer);
    oc_model_free(model);
}

/* A kill between the rename and the removal of the notes: they are of a file that is in place. */
Test(classify, notes_without_their_file_are_not_resumed)
{
    oc_model *model = make_model(2);
    oc_error err = {0};
    put_text("out.csv.partial/.ocellus-partial", "ocellus classification 1\nwhatever\n\ndone 2 50 0 0\n");
    oc_answer_file *file = answer_file(model, 0, true, &err);
    cr_assert(file && oc_answer_file_done(file) == 0, "%s", err.message);
    cr_assert(oc_answer_file_close(file, OC_BAD_DATA, &err) == OC_BAD_DATA);
    oc_model_free(model);
}
