/* ocellus help [COMMAND|stages] */
#include "src/cli/help.h"

#include <string.h>

static int run(const cli_settings *settings, oc_job *job)
{
    (void)job;
    if (settings->operands.count == 0) {
        help_overview(stdout);
        return EXIT_DONE;
    }
    const char *topic = settings->operands.items[0];
    const cli_command *command = find_command(topic);
    if (command) {
        help_command(stdout, command);
        return EXIT_DONE;
    }
    if (strcmp(topic, "stages") == 0) {
        help_stages(stdout);
        return EXIT_DONE;
    }
    const char *meant = nearest_command(topic, "stages");
    return meant ? report_usage(&command_help, "there is no help on '%s'; did you mean '%s'?", topic, meant)
                 : report_usage(&command_help, "there is no help on '%s'", topic);
}

const cli_command command_help = {
    .name = "help",
    .bit = TAKEN_BY_HELP,
    .summary = "tell about a command, or about the stages",
    .usage = "help [COMMAND|stages]",
    .about = "Without an operand, the uses of Ocellus and its commands. 'help COMMAND' is the same as 'COMMAND "
             "--help'. 'help stages' lists what can be measured in an image.",
    .examples = "ocellus help compare\nocellus help stages",
    .expects = "one command, or nothing",
    .least_operands = 0,
    .most_operands = 1,
    .run = run,
};
