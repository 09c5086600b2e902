// Makes one kind of call fail on one path, in one program: for LD_PRELOAD.
//
// FAULT_PROGRAM    the program's name; without it `pipeline`
// FAULT_LOG=FILE   writes each call on a path below FAULT_ROOT to FILE, and lets all pass
// FAULT_CALL       open, stat, read, opendir, readdir or readlink
// FAULT_PATH       the path, as FAULT_LOG has it
// FAULT_ERRNO      the error number
// FAULT_NTH        which call fails, from 1; 0 for all
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *root, *wanted_call, *wanted_path;
static int log_file = -1, number, nth;
static atomic_int count;
static _Thread_local int inside;

__attribute__((constructor)) static void begin(void) {
  char program[PATH_MAX];
  ssize_t length = syscall(SYS_readlink, "/proc/self/exe", program, sizeof program - 1);
  if (length <= 0) return;
  program[length] = 0;
  const char *name = strrchr(program, '/');
  const char *wanted = getenv("FAULT_PROGRAM");
  if (!name || strcmp(name + 1, wanted ? wanted : "pipeline")) return;
  root = getenv("FAULT_ROOT");
  const char *log = getenv("FAULT_LOG");
  if (log) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  wanted_call = getenv("FAULT_CALL");
  wanted_path = getenv("FAULT_PATH");
  if (getenv("FAULT_ERRNO")) number = atoi(getenv("FAULT_ERRNO"));
  if (getenv("FAULT_NTH")) nth = atoi(getenv("FAULT_NTH"));
}

/// Whether this call fails; errno is set then. `path` is as the program has it, or null for the file of `descriptor`.
static int fails(const char *call, int descriptor, const char *path) {
  if (!root || inside) return 0;
  inside = 1;
  int before = errno, result = 0;
  char whole[2 * PATH_MAX], link[64];
  size_t length = 0;
  if (!path || *path != '/') {
    if (descriptor == AT_FDCWD) strcpy(link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long got = syscall(SYS_readlink, link, whole, PATH_MAX);
    length = got > 0 ? (size_t)got : 0;
  }
  if (path && length + strlen(path) + 2 < sizeof whole) {
    if (*path != '/') whole[length++] = '/';
    strcpy(whole + length, path);
    length += strlen(path);
  }
  whole[length] = 0;
  size_t size = strlen(root);
  if (!strncmp(whole, root, size) && (whole[size] == '/' || !whole[size])) {
    const char *rest = whole + size;
    while (rest[0] == '/' && (rest[1] == '/' || (rest[1] == '.' && rest[2] == '/'))) rest += rest[1] == '/' ? 1 : 2;
    if (log_file >= 0) {
      char line[2 * PATH_MAX + 16];
      int bytes = snprintf(line, sizeof line, "%s\t%s\n", call, rest);
      if (syscall(SYS_write, log_file, line, (size_t)bytes) < 0) _exit(99);
    } else if (wanted_call && wanted_path && !strcmp(call, wanted_call) && !strcmp(rest, wanted_path)) {
      int now = atomic_fetch_add(&count, 1) + 1;
      result = nth == 0 || nth == now;
    }
  }
  inside = 0;
  errno = result ? number : before;
  return result;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                        \
  int name(const char *path, int flags, ...) {            \
    va_list rest;                                         \
    va_start(rest, flags);                                \
    mode_t mode = va_arg(rest, mode_t);                   \
    va_end(rest);                                         \
    if ((flags & O_ACCMODE) == O_RDONLY && fails("open", AT_FDCWD, path)) return -1; \
    return NEXT(name)(path, flags, mode);                 \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                      \
  int name(int folder, const char *path, int flags, ...) { \
    va_list rest;                                         \
    va_start(rest, flags);                                \
    mode_t mode = va_arg(rest, mode_t);                   \
    va_end(rest);                                         \
    if ((flags & O_ACCMODE) == O_RDONLY && fails("open", folder, path)) return -1; \
    return NEXT(name)(folder, path, flags, mode);         \
  }
OPENAT(openat)
OPENAT(openat64)

#define STAT(name, type)                                  \
  int name(const char *path, struct type *status) {       \
    if (fails("stat", AT_FDCWD, path)) return -1;         \
    return NEXT(name)(path, status);                      \
  }
STAT(stat, stat)
STAT(lstat, stat)
STAT(stat64, stat64)
STAT(lstat64, stat64)

int fstatat(int folder, const char *path, struct stat *status, int flags) {
  if (*path && fails("stat", folder, path)) return -1;
  return NEXT(fstatat)(folder, path, status, flags);
}

int fstatat64(int folder, const char *path, struct stat64 *status, int flags) {
  if (*path && fails("stat", folder, path)) return -1;
  return NEXT(fstatat64)(folder, path, status, flags);
}

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *status) {
  if (*path && fails("stat", folder, path)) return -1;
  return NEXT(statx)(folder, path, flags, mask, status);
}

ssize_t read(int descriptor, void *bytes, size_t size) {
  if (fails("read", descriptor, NULL)) return -1;
  return NEXT(read)(descriptor, bytes, size);
}

ssize_t pread(int descriptor, void *bytes, size_t size, off_t offset) {
  if (fails("read", descriptor, NULL)) return -1;
  return NEXT(pread)(descriptor, bytes, size, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t size, off64_t offset) {
  if (fails("read", descriptor, NULL)) return -1;
  return NEXT(pread64)(descriptor, bytes, size, offset);
}

DIR *opendir(const char *path) {
  if (fails("opendir", AT_FDCWD, path)) return NULL;
  return NEXT(opendir)(path);
}

struct dirent *readdir(DIR *folder) {
  if (fails("readdir", dirfd(folder), NULL)) return NULL;
  return NEXT(readdir)(folder);
}

struct dirent64 *readdir64(DIR *folder) {
  if (fails("readdir", dirfd(folder), NULL)) return NULL;
  return NEXT(readdir64)(folder);
}

ssize_t readlink(const char *path, char *text, size_t size) {
  if (fails("readlink", AT_FDCWD, path)) return -1;
  return NEXT(readlink)(path, text, size);
}

ssize_t readlinkat(int folder, const char *path, char *text, size_t size) {
  if (fails("readlink", folder, path)) return -1;
  return NEXT(readlinkat)(folder, path, text, size);
}
