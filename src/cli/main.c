/* The command ocellus: finds the command, reads its options, runs it, and ends with the exit status that the manual
 * promises. Only the files of this folder print or exit. */
#include "src/cli/command.h"
#include "src/cli/help.h"
#include "src/cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const cli_command *const cli_commands[] = {&command_extract, &command_train, &command_evaluate, &command_classify,
                                           &command_compare, &command_show,  &command_info,     &command_unpack,
                                           &command_merge,   &command_help};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;

static oc_job *volatile running_job; /* a signal handler reads it */
static volatile sig_atomic_t stop_asked;

const cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i]->name, name) == 0) {
            return cli_commands[i];
        }
    }
    return NULL;
}

const char *nearest_command(const char *name, const char *extra)
{
    const char *names[sizeof cli_commands / sizeof *cli_commands + 1];
    size_t count = 0;
    for (size_t i = 0; i < cli_command_count; i++) {
        names[count++] = cli_commands[i]->name;
    }
    if (extra) {
        names[count++] = extra;
    }
    return oc_param_nearest(name, names, count);
}

bool interrupted(void)
{
    return stop_asked;
}

int report_failure(const oc_error *err)
{
    if (err->status == OC_CANCELLED) {
        const char *kept = strchr(err->message, ';'); /* where something may be resumed */
        terminal_error("interrupted%s", kept ? kept : "; nothing is kept");
        return EXIT_FAILED;
    }
    if (stop_asked) {
        terminal_error("interrupted");
        return EXIT_FAILED;
    }
    terminal_error("%s", err->message);
    return err->status == OC_USAGE ? EXIT_WRONG_USAGE : EXIT_FAILED;
}

int report_usage(const cli_command *command, const char *format, ...)
{
    char message[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    terminal_error("%s: %s", command->name, message);
    help_usage(stderr, command);
    fprintf(stderr, "'ocellus help %s' tells more.\n", command->name);
    return EXIT_WRONG_USAGE;
}

int print_json(char *json)
{
    if (!json) {
        terminal_error("out of memory for the result");
        return EXIT_FAILED;
    }
    terminal_clear();
    puts(json);
    oc_json_free(json);
    return EXIT_DONE;
}

/* The first signal asks the work to stop; the second one kills, because the handler is gone by then. */
static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
    if (running_job) {
        oc_job_cancel(running_job);
    }
}

/* A file that is opened must not become standard output because that one was closed: fill the gaps with something
 * that fails when it is used. */
static void guard_standard_streams(void)
{
    for (int stream = 0; stream <= 2; stream++) {
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) {
            (void)!open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY);
        }
    }
}

/* A signal that is ignored from the start (nohup, background of a script) stays ignored. */
static void catch_signal(int number)
{
    struct sigaction stop = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, before;
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        sigaction(number, &stop, NULL);
    }
}

/* Rows are read where they lie in the file. When that has become shorter meanwhile, or its disk fails, there is
 * nothing to go on with; what was being built stays under its temporary name, as after a kill, and the next run
 * clears it. */
static void on_lost_file(int number, siginfo_t *info, void *context)
{
    (void)context;
    static const char message[] = "ocellus: a file that was being read became shorter, or its disk cannot be read\n";
    if (info->si_code == BUS_ADRERR) {
        ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
        (void)ignored;
        _exit(EXIT_FAILED);
    }
    signal(number, SIG_DFL);
    raise(number);
}

static int unknown_command(const char *name)
{
    const char *meant = nearest_command(name, NULL);
    if (meant) {
        terminal_error("unknown command '%s'; did you mean '%s'?", name, meant);
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
    size_t threads = command->works_long ? (size_t)settings->threads : 1;
    if (oc_job_create(threads, &listener, &job, &err)) {
        return report_failure(&err);
    }
    running_job = job;
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    catch_signal(SIGHUP);
    int status = command->run(settings, job);
    terminal_warnings_end();
    running_job = NULL;
    oc_job_free(job);
    return status;
}

static int run_command(const cli_command *command, char **arguments, size_t count, const cli_settings *global)
{
    cli_settings settings;
    oc_error err;
    int status;
    if (options_parse(command->bit, arguments, count, false, &settings, &err)) {
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
    } else if (operands < command->least_operands) {
        status = operands == 0 ? report_usage(command, "expects %s", command->expects)
                               : report_usage(command, "expects %s; only '%s' is given", command->expects,
                                              settings.operands.items[operands - 1]);
    } else if (operands > command->most_operands) {
        status = report_usage(command, "expects %s; '%s' is too much", command->expects,
                              settings.operands.items[command->most_operands]);
    } else {
        status = run_with_job(command, &settings);
    }
    settings_free(&settings);
    return status;
}

/* Options before the command, then the command. */
static int run(char **arguments, size_t count)
{
    cli_settings global;
    oc_error err;
    int status = EXIT_DONE;
    if (options_parse(TAKEN_BY_OCELLUS, arguments, count, true, &global, &err)) {
        status = err.status == OC_USAGE ? EXIT_WRONG_USAGE : EXIT_FAILED;
        terminal_error("%s%s", err.message, err.status == OC_USAGE ? "; options of a command follow its name" : "");
    } else if (global.version) {
        printf("ocellus %s\n", oc_version());
    } else if (global.consumed < count) {
        const char *name = arguments[global.consumed];
        const cli_command *command = find_command(name);
        status = command ? run_command(command, arguments + global.consumed + 1, count - global.consumed - 1, &global)
                         : unknown_command(name);
    } else if (global.help) {
        help_overview(stdout);
    } else {
        help_overview(stderr);
        status = EXIT_WRONG_USAGE;
    }
    settings_free(&global);
    return status;
}

/* Results that did not arrive are a failure. */
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
    static char line[4096]; /* a message is one write, so that those of several runs do not mix */
    guard_standard_streams();
    setvbuf(stderr, line, _IOLBF, sizeof line);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a limit of file sizes is an error of write, as a full disk is */
    struct sigaction lost = {.sa_sigaction = on_lost_file, .sa_flags = (int)SA_SIGINFO};
    sigaction(SIGBUS, &lost, NULL);
    size_t count = argc > 0 ? (size_t)argc - 1 : 0;
    return close_output(run(argv + (argc > 0), count));
}
