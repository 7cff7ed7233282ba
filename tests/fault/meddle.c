/* Runs a command and meddles with its system calls (ptrace; Linux on x86-64):
 *
 *     meddle short LOG PROGRAM ARGUMENT...          every read and write is cut to half of its bytes
 *     meddle before N SHELL-COMMAND LOG PROGRAM...  the shell command runs before the N-th call
 *
 * Calls count from where main looks at the standard streams: before that the loader is on its own. Their number is written
 * into the file LOG. Exit status: that of the program, 128 and the signal that ended it, or 77 where this cannot work. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT = 77 };

#if defined(__x86_64__)
enum { MAX_THREADS = 1000, TRAPPED = SIGTRAP | 0x80 };

static bool begun;
static size_t calls;

static void cut_short(pid_t thread, struct user_regs_struct *r)
{
    bool moves = r->orig_rax == SYS_read || r->orig_rax == SYS_write || r->orig_rax == SYS_pread64 ||
                 r->orig_rax == SYS_pwrite64;
    if (moves && r->rdx > 1) {
        r->rdx /= 2;
        ptrace(PTRACE_SETREGS, thread, NULL, r);
    }
}

/* A thread is about to make a call. */
static void on_call(pid_t thread, size_t n, const char *command)
{
    struct user_regs_struct r;
    if (ptrace(PTRACE_GETREGS, thread, NULL, &r) != 0) {
        return;
    }
    begun = begun || (r.orig_rax == SYS_fcntl && r.rdi == 0 && r.rsi == F_GETFD);
    calls += begun;
    if (begun && !n) {
        cut_short(thread, &r);
    } else if (begun && calls == n && system(command) != 0) {
        fprintf(stderr, "meddle: %s failed\n", command);
    }
}

/* Goes on with each thread that stops until the program has ended; returns its status. */
static int follow(pid_t program, size_t n, const char *command)
{
    static struct {
        pid_t id;
        bool inside;
    } threads[MAX_THREADS];
    size_t count = 0;
    for (int status;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0) {
            return CANNOT;
        }
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread == program) {
                return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            }
            continue;
        }
        size_t t = 0;
        while (t < count && threads[t].id != thread) {
            t++;
        }
        if (t == count && count < MAX_THREADS) {
            threads[count].id = thread;
            threads[count++].inside = false;
        }
        int signal = WSTOPSIG(status);
        if (signal == TRAPPED && t < MAX_THREADS) {
            threads[t].inside = !threads[t].inside;
            if (threads[t].inside) {
                on_call(thread, n, command);
            }
        }
        bool ours = signal == TRAPPED || signal == SIGTRAP || signal == SIGSTOP;
        ptrace(PTRACE_SYSCALL, thread, NULL, ours ? 0 : signal);
    }
}

int main(int argc, char **argv)
{
    bool before = argc > 5 && strcmp(argv[1], "before") == 0;
    int first = before ? 5 : 3;
    if (argc <= first) {
        return CANNOT;
    }
    pid_t program = fork();
    if (program == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        execv(argv[first], argv + first);
        _exit(CANNOT);
    }
    int status;
    if (program < 0 || waitpid(program, &status, 0) != program ||
        ptrace(PTRACE_SETOPTIONS, program, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) !=
            0) {
        return CANNOT;
    }
    ptrace(PTRACE_SYSCALL, program, NULL, 0);
    int result = follow(program, before ? strtoul(argv[2], NULL, 10) : 0, before ? argv[3] : NULL);
    FILE *log = fopen(argv[first - 1], "w");
    if (log) {
        fprintf(log, "%zu\n", calls);
        fclose(log);
    }
    return result;
}
#else
int main(void)
{
    return CANNOT;
}
#endif
