/* ocellus merge: joins shards to one set. */
#include "src/cli/escape.h"
#include "src/cli/inputs.h"

#include <stdio.h>

static int run(const cli_settings *settings, oc_job *job)
{
    const cli_strings *shards = &settings->operands;
    oc_error err;
    size_t rows = 0;
    if (!settings->output) {
        return report_usage(&command_merge, "-o SET is missing: the folder to write");
    }
    if (check_outputs(settings, &(cli_output){settings->output, "the set", check_output_set}, 1, &err) ||
        oc_set_merge(shards->items, shards->count, settings->output, job, &rows, &err)) {
        return report_failure(&err);
    }
    printf("%zu %s of %zu %s in ", rows, plural(rows, "row", "rows"), shards->count,
           plural(shards->count, "shard", "shards"));
    escape_put_name(stdout, settings->output);
    putchar('\n');
    return EXIT_DONE;
}

/* clang-format off */
static const cli_option own_options[] = {
    {'o', "SET", REPEAT_REFUSED, 0,
     {OPTION_TEXT("output", output, "folder to write; replaces an older set")}},
};
/* clang-format on */

const cli_command command_merge = {
    .name = "merge",
    .options = {WRITES_SET, OWN_OPTIONS(own_options)},
    .summary = "join extracted shards to one set",
    .usage = "merge SHARD... -o SET",
    .about =
        "Joins the sets that 'ocellus extract --shard' wrote, given in any order. The result is the same, byte for "
        "byte, as one extraction of all images.\n\n"
        "All shards must be of the same list of images and the same stages; none may be missing or given twice.",
    .examples = "for i in 1 2 3 4; do ocellus extract photos -f hog --shard $i/4 -o p$i; done\n"
                "ocellus merge p1 p2 p3 p4 -o rows",
    .expects = "SHARD..., the sets that --shard wrote",
    .min_operands = 1,
    .max_operands = (size_t)-1,
    .run = run,
};
