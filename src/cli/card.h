/* A model card in Markdown: purpose, training data, settings, accuracy and limits of a model. */
#ifndef OC_CLI_CARD_H
#define OC_CLI_CARD_H

#include <ocellus/evaluate.h>

#include <stdio.h>

/* name: the path of the model. test: its evaluation on test data that test_name names, or NULL. */
void print_card(FILE *stream, const oc_model *model, const char *name, const oc_evaluation *test,
                const char *test_name);

#endif
