/* The command ocellus: finds the command, reads its options, runs it, and ends with the exit status that the manual
 * promises. Only the files of this folder print or exit. */
#include "src/cli/commands.h"
#include "src/cli/failure.h"
#include "src/cli/help.h"
#include "src/cli/signals.h"
#include "src/cli/switches.h"
#include "src/cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* If a standard stream is closed, the next opened file would take its place: fills the gaps with descriptors that fail
 * when they are used. */
static void guard_standard_streams(void)
{
    for (int stream = 0; stream <= 2; stream++) {
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) {
            (void)!open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY);
        }
    }
}

static int unknown_command(const char *name)
{
    const char *meant = nearest_command(&cli_commands, name, NULL);
    if (meant) {
        terminal_error("unknown command '%s'; did you mean '%s'?", name, meant);
    } else if (access(name, F_OK) == 0) {
        terminal_error("'%s' is not a command; write a command before a file or folder, as in 'ocellus compare %s'; "
                       "'ocellus help' lists the commands",
                       name, name);
    } else {
        terminal_error("unknown command '%s'; 'ocellus help' lists the commands", name);
    }
    return EXIT_WRONG_USAGE;
}

static int run_with_job(const cli_command *command, const cli_settings *settings)
{
    oc_error err;
    oc_listener listener = terminal_listener();
    oc_job *job = NULL;
    size_t threads = command_can(command, WORKS_LONG) ? (size_t)settings->threads : 1;
    if (oc_job_create(threads, &listener, &job, &err)) {
        return report_failure(&err);
    }
    signals_cancel(job);
    int status = command->run(settings, job);
    terminal_warnings_end();
    signals_cancel(NULL);
    oc_job_free(job);
    return status;
}

static int run_command(const cli_command *command, const char *const *arguments, size_t count,
                       const cli_settings *global)
{
    cli_settings settings;
    oc_error err;
    int status;
    if (options_parse(&command->options, arguments, count, false, &settings, &err)) {
        status = err.status == OC_USAGE ? report_usage(command, "%s", err.message) : report_failure(&err);
        settings_free(&settings);
        return status;
    }
    settings.command = command;
    terminal_start(settings.quiet || global->quiet, settings.verbose || global->verbose);
    size_t operands = settings.operands.count;
    if (settings.help || global->help) {
        help_command(stdout, command);
        status = EXIT_DONE;
    } else if (settings.version) {
        printf("ocellus %s\n", oc_version());
        status = EXIT_DONE;
    } else if (operands < command->min_operands) {
        status = operands == 0 ? report_usage(command, "expects %s", command->expects)
                               : report_usage(command, "expects %s; only '%s' is given", command->expects,
                                              settings.operands.items[operands - 1]);
    } else if (operands > command->max_operands) {
        status = report_usage(command, "expects %s; '%s' is one too many", command->expects,
                              settings.operands.items[command->max_operands]);
    } else {
        settings.commands = &cli_commands;
        status = run_with_job(command, &settings);
    }
    settings_free(&settings);
    return status;
}

/* Reads the options before the command, then runs the command. */
static int run(const char *const *arguments, size_t count)
{
    const option_set every = {0}; /* the options that every command has */
    cli_settings global;
    oc_error err;
    int status = EXIT_DONE;
    if (options_parse(&every, arguments, count, true, &global, &err)) {
        status = err.status == OC_USAGE ? EXIT_WRONG_USAGE : EXIT_FAILED;
        terminal_error("%s%s", err.message,
                       err.status == OC_USAGE ? "; write options of a command after its name" : "");
    } else if (global.version) {
        printf("ocellus %s\n", oc_version());
    } else if (global.consumed < count) {
        const char *name = arguments[global.consumed];
        const cli_command *command = find_command(&cli_commands, name);
        status = command ? run_command(command, arguments + global.consumed + 1, count - global.consumed - 1, &global)
                         : unknown_command(name);
    } else if (global.help) {
        help_overview(stdout, &cli_commands);
    } else {
        help_overview(stderr, &cli_commands);
        status = EXIT_WRONG_USAGE;
    }
    settings_free(&global);
    return status;
}

/* Returns EXIT_FAILED when the results could not be written, else `status`. */
static int close_output(int status)
{
    bool failed = ferror(stdout) != 0, unread = terminal_unread();
    errno = 0;
    failed |= fclose(stdout) != 0;
    if (failed && !unread) {
        terminal_error("standard output: %s", errno ? strerror(errno) : "writing failed");
    }
    return failed ? EXIT_FAILED : status;
}

int main(int argc, char **argv)
{
    static char line[4096]; /* each message is one write, so that messages of several runs do not mix */
    guard_standard_streams();
    oc_blas_end_threads();
    switches_start(&cli_commands);
    setvbuf(stderr, line, _IOLBF, sizeof line);
    signals_start();
    size_t count = argc > 0 ? (size_t)argc - 1 : 0;
    return close_output(run((const char *const *)argv + (argc > 0), count));
}
