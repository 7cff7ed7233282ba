/* ocellus help [COMMAND|stages] [--format text|man|bash] */
#include "src/cli/completion.h"
#include "src/cli/failure.h"
#include "src/cli/help.h"
#include "src/cli/manual.h"

#include <string.h>

typedef enum help_format { HELP_TEXT, HELP_MAN, HELP_BASH } help_format;
static const char *const formats[] = {"text", "man", "bash", NULL}; /* as in help_format */

/* clang-format off */
static const cli_option own_options[] = {
    {0, NULL, REPEAT_LAST_WINS, 0,
     {OPTION_CHOICE("format", format, formats, "text",
                    "text; man: a manual page; bash: completion of all commands for that shell")}},
};
/* clang-format on */

static int run(const cli_settings *settings, oc_job *job)
{
    (void)job;
    const char *topic = settings->operands.count ? settings->operands.items[0] : NULL;
    const cli_command *command = topic ? find_command(settings->commands, topic) : NULL;
    bool man = settings->format == HELP_MAN;
    if (settings->format == HELP_BASH) {
        if (topic) {
            return report_usage(&command_help, "--format bash writes one script for all commands; leave '%s' out",
                                topic);
        }
        completion_for_bash(stdout, settings->commands);
    } else if (!topic) {
        (man ? manual_overview : help_overview)(stdout, settings->commands);
    } else if (command) {
        (man ? manual_command : help_command)(stdout, command);
    } else if (strcmp(topic, "stages") == 0) {
        (man ? manual_stages : help_stages)(stdout);
    } else {
        const char *meant = nearest_command(settings->commands, topic, "stages");
        return meant ? report_usage(&command_help, "there is no help on '%s'; did you mean '%s'?", topic, meant)
                     : report_usage(&command_help, "there is no help on '%s'", topic);
    }
    return EXIT_DONE;
}

const cli_command command_help = {
    .name = "help",
    .options = {NAMES_COMMANDS, OWN_OPTIONS(own_options)},
    .summary = "explain a command, or the stages",
    .usage = "help [COMMAND|stages] [--format text|man|bash]",
    .about = "Without an argument, prints the uses of Ocellus and its commands. 'help COMMAND' is the same as "
             "'COMMAND --help'. 'help stages' lists the features that can be computed of an image.\n\n"
             "--format writes the manual pages and the bash completion that 'make install' installs.",
    .examples = "ocellus help compare\nocellus help stages\nocellus help compare --format man | man -l -\n"
                "source <(ocellus help --format bash)",
    .expects = "one command, or nothing",
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
