/* Accuracy, metrics of each class and confusion matrix of a model on a labelled set. */
#include "src/evaluate/evaluate.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/dataset/label_notes.h"
#include "src/matrix/vector.h"
#include "src/model/object.h"
#include "src/set/set.h"

#include <math.h>
#include <string.h>

void oc_evaluation_clear(oc_evaluation *evaluation)
{
    oc_free(evaluation->metrics);
    oc_free(evaluation->confusion);
    oc_free(evaluation->predicted);
    oc_free(evaluation->expected);
    oc_free(evaluation->row);
    oc_free(evaluation->predicted_score);
    oc_free(evaluation->true_score);
    *evaluation = (oc_evaluation){0};
}

oc_status oc_map_labels(const oc_set *set, oc_class_list known, int **out, oc_error *err)
{
    size_t count = oc_set_count(set), names = oc_set_classes(set);
    int *map = oc_alloc(names, sizeof *map), *labels = oc_alloc(count, sizeof *labels);
    oc_status status = map && labels ? oc_labels_check_known(set->index, known, "the model", NULL, err)
                                     : oc_fail_memory(err, "the labels");
    for (size_t c = 0; status == OC_OK && c < names; c++) {
        map[c] = -1;
        for (size_t k = 0; k < known.count && map[c] < 0; k++) {
            map[c] = strcmp(known.names[k], oc_set_class(set, c)) == 0 ? (int)k : -1;
        }
    }
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        int label = oc_set_labels(set)[i];
        labels[i] = label < 0 ? -1 : map[label];
    }
    oc_free(map);
    if (status != OC_OK) {
        oc_free(labels);
        return status;
    }
    *out = labels;
    return OC_OK;
}

oc_status oc_match_items(const oc_set *set, const oc_dataset *dataset, size_t **out, oc_error *err)
{
    size_t count = oc_set_count(set), all = oc_dataset_count(dataset), item = 0;
    size_t *items = oc_alloc(count, sizeof *items);
    if (!items) {
        return oc_fail_memory(err, "the images");
    }
    for (size_t row = 0; row < count; row++, item++) {
        while (item < all && strcmp(oc_set_path(set, row), oc_dataset_path(dataset, item)) != 0) {
            item++;
        }
        if (item == all) {
            oc_free(items);
            return oc_fail(err, OC_BAD_DATA, "%s is not among the images", oc_set_path(set, row));
        }
        items[row] = item;
    }
    *out = items;
    return OC_OK;
}

bool oc_evaluation_allocate(oc_evaluation *e, size_t classes, size_t images)
{
    size_t cells;
    e->classes = classes;
    if (!oc_multiply(classes, classes, &cells)) {
        return false;
    }
    e->metrics = oc_alloc(classes, sizeof *e->metrics);
    e->confusion = oc_alloc(cells, sizeof *e->confusion);
    e->predicted = oc_alloc(images, sizeof *e->predicted);
    e->expected = oc_alloc(images, sizeof *e->expected);
    e->row = oc_alloc(images, sizeof *e->row);
    e->predicted_score = oc_alloc(images, sizeof *e->predicted_score);
    e->true_score = oc_alloc(images, sizeof *e->true_score);
    return e->metrics && e->confusion && e->predicted && e->expected && e->row && e->predicted_score && e->true_score;
}

/* Precision TP / predicted, recall TP / count, F1 their harmonic mean 2 TP / (predicted + count). */
void oc_evaluation_summarise(oc_evaluation *e)
{
    double sum = 0, recalls = 0;
    size_t present = 0;
    for (size_t i = 0; i < e->images; i++) {
        e->confusion[(size_t)e->expected[i] * e->classes + (size_t)e->predicted[i]]++;
    }
    for (size_t c = 0; c < e->classes; c++) {
        oc_class_metrics *f = &e->metrics[c];
        size_t right = e->confusion[c * e->classes + c];
        for (size_t k = 0; k < e->classes; k++) {
            f->count += e->confusion[c * e->classes + k];
            f->predicted += e->confusion[k * e->classes + c];
        }
        e->correct += right;
        f->precision = f->predicted ? (double)right / (double)f->predicted : NAN;
        f->recall = f->count ? (double)right / (double)f->count : NAN;
        f->f1 = f->count ? 2 * (double)right / (double)(f->predicted + f->count) : NAN;
        if (f->count) {
            sum += f->f1;
            recalls += f->recall;
            present++;
        }
    }
    e->macro_f1 = present ? sum / (double)present : NAN;
    e->balanced_accuracy = present ? recalls / (double)present : NAN;
    e->accuracy = e->images ? (double)e->correct / (double)e->images : NAN;
    oc_wilson(e->correct, e->images, &e->ci_low, &e->ci_high);
}

oc_status oc_evaluate_rows(const oc_classifier *classifier, const oc_rows *rows, const int *labels, oc_job *job,
                           oc_evaluation *out, oc_error *err)
{
    size_t classes = classifier->classes, size, at = 0;
    oc_evaluation e = {.has_probabilities = oc_classifier_probable(classifier)};
    float *scores = oc_multiply(rows->count, classes, &size) ? oc_alloc(size, sizeof *scores) : NULL;
    oc_status status = scores && oc_evaluation_allocate(&e, classes, rows->count)
                           ? oc_scores(classifier, rows, job, scores, err)
                           : oc_fail_memory(err, "the evaluation");
    for (size_t i = 0; status == OC_OK && i < rows->count; i++) {
        float *s = scores + i * classes;
        size_t best = oc_vector_argmax(s, classes);
        if (best == classes) {
            status = oc_fail(err, OC_BAD_DATA,
                             "row %zu has no finite scores: a feature is NaN, infinite or far too large", i);
        } else if (labels[i] >= 0) {
            if (e.has_probabilities) {
                oc_classifier_probabilities(classifier, s, s);
            }
            e.row[at] = (uint32_t)i;
            e.predicted_score[at] = s[best];
            e.true_score[at] = s[labels[i]];
            e.expected[at] = labels[i];
            e.predicted[at++] = (int)best;
        }
    }
    e.images = at;
    oc_free(scores);
    if (status == OC_OK && at == 0) {
        status = oc_fail(
            err, OC_BAD_DATA,
            "the images have no labels: an accuracy needs one sub-folder for each class, or a list with path,label");
    }
    if (status != OC_OK) {
        oc_evaluation_clear(&e);
        return status;
    }
    oc_evaluation_summarise(&e);
    *out = e;
    return OC_OK;
}

oc_status oc_evaluate(const oc_model *model, const oc_set *set, oc_job *job, oc_evaluation *evaluation, oc_error *err)
{
    int *labels;
    oc_status status = oc_map_labels(set, oc_model_class_list(model), &labels, err);
    if (status != OC_OK) {
        return status;
    }
    status = oc_evaluate_rows(oc_model_classifier(model), oc_set_rows(set), labels, job, evaluation, err);
    oc_free(labels);
    return status;
}
