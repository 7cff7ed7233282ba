/* Reading files whole, and outputs that appear whole or not at all. */
#include "src/base/file.h"

#include "src/base/memory.h"
#include "src/base/output.h"
#include "tests/unit/dataset/files.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(file, .init = make_test_folder, .fini = remove_test_folder);

static size_t entries(const char *folder)
{
    DIR *directory = opendir(folder);
    cr_assert(directory != NULL, "%s", folder);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(directory);
    return count;
}

static void expect(const char *path, const char *text)
{
    oc_bytes bytes = {0};
    oc_error err = {0};
    cr_assert(oc_bytes_read(&bytes, path, SIZE_MAX / 4, &err) == OC_OK, "%s", err.message);
    cr_assert(bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0, "%s", (char *)bytes.data);
    cr_assert(bytes.data[bytes.size] == 0);
    oc_bytes_free(&bytes);
}

Test(file, a_read_that_gives_less_is_not_the_end)
{
    int ends[2];
    char head[10] = "";
    cr_assert(pipe(ends) == 0);
    pid_t writer = fork();
    if (writer == 0) {
        for (const char *c = "abcdef"; *c; c++) {
            (void)!write(ends[1], c, 1);
            nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); /* the reader takes each byte alone */
        }
        _exit(0);
    }
    close(ends[1]);
    cr_assert_eq(oc_file_begin(ends[0], head, 4), 4);
    cr_assert_eq(oc_file_begin(ends[0], head + 4, 6), 2);
    cr_assert_str_eq(head, "abcdef");
    cr_assert_eq(oc_file_begin(-1, head, 1), -1);
    close(ends[0]);
    waitpid(writer, NULL, 0);
}

Test(file, is_read_whole_and_ends_with_a_nul)
{
    oc_bytes bytes = {0};
    for (size_t size = 0; size < 300000; size = 3 * size + 1) {
        char *content = malloc(size + 1);
        memset(content, 'c', size);
        put("file", content, size);
        cr_assert(oc_bytes_read(&bytes, at("file"), size, NULL) == OC_OK);
        cr_assert(bytes.size == size && memcmp(bytes.data, content, size) == 0 && bytes.data[size] == 0);
        free(content);
    }
    put_text("file", "shorter than before");
    cr_assert(oc_bytes_read(&bytes, at("file"), 1000, NULL) == OC_OK);
    cr_assert(strcmp((char *)bytes.data, "shorter than before") == 0);
    oc_bytes_free(&bytes);
    oc_bytes_free(&bytes);
}

Test(file, that_cannot_be_read_is_named)
{
    oc_bytes bytes = {0};
    oc_error err = {0};
    put_text("file", "0123456789");
    cr_assert(oc_bytes_read(&bytes, at("none"), 100, &err) == OC_NOT_FOUND);
    cr_assert(strstr(err.message, "/none"), "%s", err.message);
    cr_assert(oc_bytes_read(&bytes, at(""), 100, &err) == OC_IO);
    cr_assert(strstr(err.message, "folder"), "%s", err.message);
    cr_assert(oc_bytes_read(&bytes, at("file/x"), 100, &err) == OC_IO);
    cr_assert(oc_bytes_read(&bytes, at("file"), 9, &err) == OC_TOO_LARGE);
    cr_assert(strstr(err.message, "9 bytes") && strstr(err.message, "/file"), "%s", err.message);
    cr_assert(oc_bytes_read(&bytes, at("file"), 10, &err) == OC_OK);
    oc_bytes_free(&bytes);
    oc_memory_fail_after(1);
    cr_assert(oc_bytes_read(&bytes, at("file"), 100, &err) == OC_NO_MEMORY);
    oc_memory_fail_after(0);
    oc_bytes_free(&bytes);
}

Test(file, pipes_are_read_to_their_end)
{
    int ends[2];
    char path[40];
    oc_bytes bytes = {0};
    cr_assert(pipe(ends) == 0);
    cr_assert(write(ends[1], "through a pipe", 14) == 14);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    cr_assert(oc_bytes_read(&bytes, path, 14, NULL) == OC_OK);
    cr_assert(strcmp((char *)bytes.data, "through a pipe") == 0);
    close(ends[0]);
    cr_assert(pipe(ends) == 0);
    cr_assert(write(ends[1], "through a pipe", 14) == 14);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    cr_assert(oc_bytes_read(&bytes, path, 13, NULL) == OC_TOO_LARGE);
    close(ends[0]);
    oc_bytes_free(&bytes);
}

Test(file, paths_are_joined_with_one_slash)
{
    static const char *const cases[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"/", "b", "/b"}, {"a", "", "a/"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = oc_path_join(cases[i][0], cases[i][1]);
        cr_assert(strcmp(path, cases[i][2]) == 0, "%s", path);
        oc_free(path);
    }
}

Test(output, a_file_is_replaced_whole, .init = make_test_folder, .fini = remove_test_folder)
{
    put_text("out/file", "old and long");
    oc_output output = {0};
    cr_assert(oc_output_begin(&output, at("out/file"), false, NULL) == OC_OK);
    FILE *file = fopen(output.temporary, "wb");
    fputs("new", file);
    expect(at("out/file"), "old and long");
    cr_assert(oc_file_close(file, at("out/file"), NULL) == OC_OK);
    cr_assert(oc_output_commit(&output, NULL) == OC_OK);
    expect(at("out/file"), "new");
    cr_assert(entries(at("out")) == 1);
    oc_output_abandon(&output); /* after a commit: nothing */
    expect(at("out/file"), "new");
    cr_assert(oc_file_write(at("out/file"), "once more", 9, NULL) == OC_OK);
    expect(at("out/file"), "once more");
    cr_assert(oc_file_write(at("out/empty"), "", 0, NULL) == OC_OK);
    expect(at("out/empty"), "");
    cr_assert(entries(at("out")) == 2);
}

Test(output, permissions_are_those_of_an_ordinary_file, .init = make_test_folder, .fini = remove_test_folder)
{
    mode_t before = umask(027);
    struct stat about;
    oc_output output = {0};
    cr_assert(oc_file_write(at("file"), "x", 1, NULL) == OC_OK);
    cr_assert(stat(at("file"), &about) == 0 && (about.st_mode & 0777) == 0640, "%o", about.st_mode);
    cr_assert(oc_output_begin(&output, at("folder"), true, NULL) == OC_OK);
    cr_assert(oc_output_commit(&output, NULL) == OC_OK);
    cr_assert(stat(at("folder"), &about) == 0 && (about.st_mode & 0777) == 0750, "%o", about.st_mode);
    umask(before);
}

static void build_folder(const char *name, const char *inside)
{
    oc_output output = {0};
    oc_error err = {0};
    cr_assert(oc_output_begin(&output, at(name), true, &err) == OC_OK, "%s", err.message);
    char *path = oc_path_join(output.temporary, inside);
    cr_assert(oc_file_write(path, inside, strlen(inside), &err) == OC_OK, "%s", err.message);
    oc_free(path);
    cr_assert(oc_output_commit(&output, &err) == OC_OK, "%s", err.message);
}

Test(output, a_folder_is_swapped_with_all_that_is_in_it, .init = make_test_folder, .fini = remove_test_folder)
{
    put_folder("out");
    build_folder("out/set", "first");
    expect(at("out/set/first"), "first");
    put_text("out/set/deep/er/file", "x");
    build_folder("out/set/", "second");
    expect(at("out/set/second"), "second");
    cr_assert(entries(at("out/set")) == 1 && entries(at("out")) == 1);
    put_folder("out/empty");
    build_folder("out/empty", "third");
    expect(at("out/empty/third"), "third");
    cr_assert(entries(at("out")) == 2);
}

Test(output, abandoning_leaves_nothing, .init = make_test_folder, .fini = remove_test_folder)
{
    put_text("out/file", "old");
    put_text("out/set/old", "old");
    oc_output output = {0};
    oc_output_abandon(&output);
    cr_assert(oc_output_begin(&output, at("out/file"), false, NULL) == OC_OK);
    oc_output_abandon(&output);
    cr_assert(oc_output_begin(&output, at("out/set"), true, NULL) == OC_OK);
    char *inner = oc_path_join(output.temporary, "part");
    cr_assert(mkdir(inner, 0777) == 0);
    oc_free(inner);
    oc_output_abandon(&output);
    oc_output_abandon(&output);
    expect(at("out/file"), "old");
    expect(at("out/set/old"), "old");
    cr_assert(entries(at("out")) == 2 && entries(at("out/set")) == 1);
}

/* What a killed program left is cleared away; what is somebody else's is not touched. */
Test(output, left_overs_are_ours_or_refused, .init = make_test_folder, .fini = remove_test_folder)
{
    oc_output output = {0};
    oc_error err = {0};
    put_text("file.partial", "left and long");
    cr_assert(oc_file_write(at("file"), "new", 3, &err) == OC_OK, "%s", err.message);
    expect(at("file"), "new");
    put_text("set.partial/" OC_OUTPUT_MARK, "journal");
    put_text("set.partial/new/rows/part", "x");
    build_folder("set", "first");
    expect(at("set/first"), "first");
    put_folder("empty.partial");
    build_folder("empty", "first");
    cr_assert(entries(at("")) == 3);
    put_text("photos.partial/precious", "kept");
    put_text("letter.partial", "kept");
    cr_assert(oc_output_begin(&output, at("photos"), true, &err) == OC_USAGE);
    cr_assert(strstr(err.message, "photos.partial: is in the way"), "%s", err.message);
    cr_assert(oc_output_begin(&output, at("letter"), true, &err) == OC_USAGE);
    cr_assert(symlink("photos.partial", at("link.partial")) == 0);
    cr_assert(oc_output_begin(&output, at("link"), false, &err) != OC_OK && !output.temporary);
    expect(at("photos.partial/precious"), "kept");
    expect(at("letter.partial"), "kept");
}

Test(output, is_built_by_one_at_a_time, .init = make_test_folder, .fini = remove_test_folder)
{
    for (int folder = 0; folder < 2; folder++) {
        oc_output first = {0}, second = {0};
        oc_error err = {0};
        cr_assert(oc_output_begin(&first, at("out"), folder, &err) == OC_OK, "%s", err.message);
        cr_assert(oc_output_begin(&second, at("out"), folder, &err) == OC_IO);
        cr_assert(strstr(err.message, "another program is writing it"), "%s", err.message);
        cr_assert(access(first.temporary, F_OK) == 0);
        oc_output_abandon(&first);
        cr_assert(oc_output_begin(&second, at("out"), folder, &err) == OC_OK, "%s", err.message);
        oc_output_abandon(&second);
        cr_assert(entries(at("")) == 0);
    }
}

Test(output, is_kept_and_resumed, .init = make_test_folder, .fini = remove_test_folder)
{
    oc_output output = {0};
    oc_error err = {0};
    cr_assert(oc_output_resume(&output, at("set"), &err) == OC_OK, "%s", err.message); /* nothing is there yet */
    char *path = oc_path_join(output.temporary, "rows");
    cr_assert(write(output.lock, "journal", 7) == 7 && oc_file_write(path, "half", 4, &err) == OC_OK);
    oc_output_keep(&output);
    cr_assert(oc_output_resume(&output, at("set"), &err) == OC_OK, "%s", err.message);
    char journal[8] = "";
    cr_assert(read(output.lock, journal, 7) == 7 && strcmp(journal, "journal") == 0);
    expect(path, "half");
    oc_output_keep(&output);
    cr_assert(oc_output_begin(&output, at("set"), true, &err) == OC_OK, "%s", err.message); /* anew */
    cr_assert(access(path, F_OK) != 0 && read(output.lock, journal, 7) == 0);
    oc_output_abandon(&output);
    /* Killed behind the exchange of names: what lies there is the older output, and the journal is of the new one. */
    put_text("set.partial/" OC_OUTPUT_MARK, "journal");
    put_text("set.partial/new/rows", "older");
    put_text("set.partial/swapping", "");
    cr_assert(oc_output_resume(&output, at("set"), &err) == OC_OK, "%s", err.message);
    cr_assert(access(path, F_OK) != 0 && read(output.lock, journal, 7) == 0);
    oc_output_abandon(&output);
    cr_assert(entries(at("")) == 0);
    oc_free(path);
}

Test(output, without_an_exchange_of_names_it_goes_in_two_steps, .init = make_test_folder, .fini = remove_test_folder)
{
    oc_output_without_exchange(true);
    build_folder("set", "first");
    build_folder("set", "second");
    expect(at("set/second"), "second");
    cr_assert(entries(at("set")) == 1 && entries(at("")) == 1);
    /* Killed between the steps: the old one comes back to its name, and goes again where the new one got there. */
    put_text("set.partial/" OC_OUTPUT_MARK, "");
    put_text("set.partial/new/third", "x");
    put_text("set.partial/old/older", "x");
    oc_output output = {0};
    cr_assert(oc_output_begin(&output, at("set"), true, NULL) == OC_OK);
    oc_output_abandon(&output);
    cr_assert(entries(at("")) == 1 && access(at("set/second"), F_OK) == 0);
    put_text("set.partial/" OC_OUTPUT_MARK, "");
    put_text("set.partial/new/third", "x");
    cr_assert(rename(at("set"), at("set.partial/old")) == 0);
    cr_assert(oc_output_begin(&output, at("set"), true, NULL) == OC_OK);
    oc_output_abandon(&output);
    expect(at("set/second"), "second");
    cr_assert(entries(at("set")) == 1 && entries(at("")) == 1);
    oc_output_without_exchange(false);
}

Test(output, needs_a_name_of_its_own, .init = make_test_folder, .fini = remove_test_folder)
{
    static const char *const names[] = {"", ".", "..", "/", "x/.."};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        oc_output output = {0};
        cr_assert(oc_output_begin(&output, names[i], true, NULL) == OC_USAGE, "%s", names[i]);
    }
}

Test(output, of_the_other_kind_is_refused, .init = make_test_folder, .fini = remove_test_folder)
{
    put_text("out/file", "old");
    put_text("out/set/old", "old");
    oc_output output = {0};
    oc_error err = {0};
    cr_assert(oc_output_begin(&output, at("out/file"), true, &err) == OC_USAGE);
    cr_assert(strstr(err.message, "/out/file: exists and is a file"), "%s", err.message);
    cr_assert(oc_output_begin(&output, at("out/set"), false, &err) == OC_USAGE);
    cr_assert(oc_output_begin(&output, at("out/set/"), false, &err) == OC_USAGE);
    cr_assert(oc_output_begin(&output, "", false, &err) == OC_USAGE);
    cr_assert(oc_output_begin(&output, at("none/file"), false, &err) == OC_IO);
    cr_assert(strstr(err.message, "/none/file"), "%s", err.message);
    cr_assert(oc_output_begin(&output, at("none/set"), true, &err) == OC_IO);
    cr_assert(output.path == NULL && output.temporary == NULL);
    cr_assert(oc_file_write(at("out/set"), "x", 1, &err) == OC_USAGE);
    cr_assert(entries(at("out")) == 2);
}

/* A device or a pipe must not be exchanged for a file: as root that would take /dev/null away. */
Test(output, a_pipe_is_not_replaced, .init = make_test_folder, .fini = remove_test_folder)
{
    struct stat about;
    oc_error err = {0};
    cr_assert(mkfifo(at("pipe"), 0600) == 0);
    cr_assert(oc_file_write(at("pipe"), "x", 1, &err) == OC_USAGE);
    cr_assert(stat(at("pipe"), &about) == 0 && S_ISFIFO(about.st_mode));
    cr_assert(entries(at("")) == 1);
}

/* What a link leads to is replaced; the link stays. */
Test(output, links_are_followed, .init = make_test_folder, .fini = remove_test_folder)
{
    put_text("real/file", "old");
    put_text("real/set/old", "old");
    put_folder("out");
    cr_assert(symlink("../real/file", at("out/file")) == 0 && symlink("../real/set", at("out/set")) == 0);
    cr_assert(oc_file_write(at("out/file"), "new", 3, NULL) == OC_OK);
    expect(at("real/file"), "new");
    build_folder("out/set", "new");
    expect(at("real/set/new"), "new");
    struct stat about;
    cr_assert(lstat(at("out/file"), &about) == 0 && S_ISLNK(about.st_mode));
    cr_assert(lstat(at("out/set"), &about) == 0 && S_ISLNK(about.st_mode));
    cr_assert(entries(at("real")) == 2 && entries(at("real/set")) == 1 && entries(at("out")) == 2);
}

Test(output, a_link_to_nowhere_is_refused_at_once, .init = make_test_folder, .fini = remove_test_folder)
{
    oc_output output = {0};
    oc_error err = {0};
    cr_assert(symlink("nowhere", at("link")) == 0);
    cr_assert(oc_output_begin(&output, at("link"), true, &err) == OC_USAGE);
    cr_assert(strstr(err.message, "link"), "%s", err.message);
    cr_assert(entries(at("")) == 1);
}

Test(output, short_memory_leaves_nothing, .init = make_test_folder, .fini = remove_test_folder)
{
    oc_output output = {0};
    for (size_t n = 1; n <= 2; n++) {
        oc_memory_fail_after(n);
        oc_status status = oc_output_begin(&output, at("file"), false, NULL);
        oc_memory_fail_after(0);
        cr_assert(status == OC_NO_MEMORY && output.temporary == NULL);
    }
    cr_assert(entries(at("")) == 0);
}

Test(output, folders_are_removed_without_following_links, .init = make_test_folder, .fini = remove_test_folder)
{
    put_text("keep/file", "kept");
    put_text("gone/deep/file", "x");
    cr_assert(symlink(at("keep"), at("gone/link")) == 0);
    oc_remove_folder(at("gone"));
    cr_assert(access(at("gone"), F_OK) != 0);
    expect(at("keep/file"), "kept");
    oc_remove_folder(at("gone"));
}

Test(output, an_error_while_writing_shows_when_closing)
{
    oc_error err = {0};
    FILE *full = fopen("/dev/full", "wb");
    if (!full) {
        cr_skip_test("there is no /dev/full");
    }
    fputs("no room for this", full);
    cr_assert(oc_file_close(full, "the name", &err) == OC_IO);
    cr_assert(strstr(err.message, "the name"), "%s", err.message);
}
