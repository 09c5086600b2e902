#ifndef CPOSIX_H
#define CPOSIX_H

// What Swift's Glibc module hides: GNU extensions, variadic functions and macros.
// Unless said otherwise a function returns -1 and sets errno when it fails.

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#pragma mark - Processes

/// Starts `executable` in a process group of its own with default signals, an empty signal mask and no
/// descriptors but `descriptors` as 0, 1 and 2; where `is_session` is not 0, in a session of its own too. Returns
/// 0 or an error number (posix_spawn(3)).
int cposix_spawn(pid_t *_Nonnull pid, const char *_Nonnull executable,
                 char *_Nullable const *_Nonnull arguments,
                 char *_Nullable const *_Nonnull environment, const char *_Nullable directory,
                 const int *_Nonnull descriptors, int is_session);

/// The same, and the process and all that it starts stop at each call that opens, starts, renames or links a file,
/// until `cposix_trace_answer` (seccomp_unotify(2)). `listener` becomes the descriptor that tells of such calls,
/// close-on-exec; once it is closed they fail. Where the caller has no rights over the system, no program that is
/// started so gains any (PR_SET_NO_NEW_PRIVS of prctl(2)). Returns -1 and sets errno where the system does not tell
/// of calls; then no process was started.
int cposix_spawn_traced(pid_t *_Nonnull pid, int *_Nonnull listener,
                        const char *_Nonnull executable, char *_Nullable const *_Nonnull arguments,
                        char *_Nullable const *_Nonnull environment,
                        const char *_Nullable directory, const int *_Nonnull descriptors,
                        int is_session);

enum { cposix_opened_nothing, cposix_opened_read, cposix_opened_written };

/// A call that a traced process has stopped at.
struct cposix_opened {
  uint64_t id;
  /// Nothing where it is of no file below the root.
  int kind;
  /// Absolute. What is opened to be read was a regular file, or could not be looked at.
  char path[4096];
};

/// Takes the next call; the process waits for an answer whatever came of it. Returns -1 where there is none.
int cposix_trace_receive(int listener, const char *_Nonnull root, size_t root_length,
                         struct cposix_opened *_Nonnull opened);

/// The process goes on.
int cposix_trace_answer(int listener, const struct cposix_opened *_Nonnull opened);

/// pidfd_open(2), close-on-exec.
int cposix_process_descriptor(pid_t pid);

/// How a child ended: waitid(2) on its process descriptor. Returns 1 when it has ended, 0 when it runs.
/// `reap` 0 leaves the zombie, so that its identity cannot be given to another process.
int cposix_exit(int process, int reap, int *_Nonnull signalled, int *_Nonnull value);

/// Whether processes below this one whose parent ends become children of this one (prctl(2),
/// PR_SET_CHILD_SUBREAPER).
int cposix_adopt_orphans(int adopts);

/// The environment of this process, ended by NULL.
char *_Nullable *_Nonnull cposix_environment(void);

/// The processors that this process may run on (sched_getaffinity(2)).
int cposix_processor_count(void);

#pragma mark - Descriptors

/// pipe2(2), close-on-exec.
int cposix_pipe(int descriptors[_Nonnull 2]);

/// open(2), close-on-exec added.
int cposix_open(const char *_Nonnull path, int flags, mode_t mode);

/// openat(2) of a folder, close-on-exec, never through a symbolic link.
int cposix_open_directory_at(int directory, const char *_Nonnull name);

/// openat(2), close-on-exec added.
int cposix_open_at(int directory, const char *_Nonnull name, int flags, mode_t mode);

int cposix_set_nonblocking(int descriptor);

/// F_SETPIPE_SZ of fcntl(2).
int cposix_enlarge_pipe(int descriptor, int bytes);

/// Whether no other descriptor of any process is open on the file: a write lease is given only then (F_SETLEASE of
/// fcntl(2)). The lease is returned at once. Returns 1, 0, or -1 where the file system has no leases.
int cposix_is_only_opener(int descriptor);

/// ppoll(2) of an array of `struct pollfd`; poll(2) counts in whole milliseconds.
int cposix_poll(void *_Nonnull interests, size_t count, int64_t nanoseconds);

/// eventfd(2), close-on-exec and non-blocking.
int cposix_event_descriptor(void);

/// Blocks `signals` in this thread and opens a signalfd(2), close-on-exec and non-blocking.
int cposix_signal_descriptor(const int *_Nonnull signals, size_t count);

/// The next pending signal, 0 when there is none.
int cposix_next_signal(int descriptor);

#pragma mark - Files

/// ioctl_ficlone(2): `target` shares the blocks of `source`.
int cposix_clone(int target, int source);

/// copy_file_range(2) at the current offsets.
ssize_t cposix_copy_range(int source, int target, size_t length);

/// syncfs(2).
int cposix_sync_file_system(int descriptor);

/// sync_file_range(2): begins to write the file's changed pages to the disk, and does not wait for it.
int cposix_begin_writing_back(int descriptor);

/// utimensat(2); the access time stays.
int cposix_set_modified(const char *_Nonnull path, int64_t seconds, int64_t nanoseconds);

/// statfs(2): the magic number and the bytes that are free to unprivileged users.
int cposix_file_system(const char *_Nonnull path, uint32_t *_Nonnull magic,
                       int64_t *_Nonnull freeBytes);

/// Compares files with states that they had before: for file n, from `from` to below `to`, its name
/// is `names + offsets[n]`, and its state the five numbers at `states + 5 * n`: device, inode, size,
/// times of the last change of content and of inode in nanoseconds; a device of -1 is nothing.
/// Follows links. Writes the numbers of those that differ, `limit` at most, and returns how many.
size_t cposix_compare(const char *_Nonnull names, const uint32_t *_Nonnull offsets,
                      const int64_t *_Nonnull states, size_t from, size_t to,
                      uint32_t *_Nonnull differing, size_t limit);

unsigned cposix_device_major(uint64_t device);
unsigned cposix_device_minor(uint64_t device);

/// memmem(3).
const void *_Nullable cposix_find(const void *_Nonnull bytes, size_t count,
                                  const void *_Nonnull wanted, size_t wantedCount);

static inline const char *_Nonnull cposix_entry_name(const struct dirent *_Nonnull entry) {
  return entry->d_name;
}

#endif
