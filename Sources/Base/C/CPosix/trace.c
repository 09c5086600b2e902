#include "CPosix.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/seccomp.h>

#ifdef ARCHITECTURE

/// Reads a text that ends with 0 from another process, a page at a time: the next one may not be there.
static int read_text(pid_t pid, uint64_t address, char *text, size_t size) {
  size_t length = 0;
  while (length < size) {
    size_t part = 4096 - (address & 4095);
    if (part > size - length) part = size - length;
    struct iovec here = {text + length, part}, there = {(void *)(uintptr_t)address, part};
    ssize_t count = process_vm_readv(pid, &here, 1, &there, 1, 0);
    if (count <= 0) return -1;
    if (memchr(text + length, 0, (size_t)count)) return 0;
    length += (size_t)count;
    address += (uint64_t)count;
  }
  return -1;
}

/// The path without `.` and empty parts; false where it has a `..`, which only the disk can resolve.
static int tidy(char *path) {
  char *to = path;
  for (char *from = path; *from;) {
    while (*from == '/') from++;
    char *end = strchrnul(from, '/');
    size_t length = (size_t)(end - from);
    if (length == 2 && from[0] == '.' && from[1] == '.') return 0;
    if (length && !(length == 1 && *from == '.')) {
      *to++ = '/';
      memmove(to, from, length);
      to += length;
    }
    from = end;
  }
  *to = 0;
  return 1;
}

static int is_below(const char *path, const char *root, size_t length) {
  return !strncmp(path, root, length) && (path[length] == '/' || (length == 1 && *root == '/'));
}

/// Where libraries and devices lie: not asked whether a link leads from there into a project.
static int is_of_the_system(const char *path) {
  static const char *const folders[] = {"/usr/", "/lib", "/etc/", "/proc/", "/sys/", "/dev/"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (!strncmp(path, folders[i], strlen(folders[i]))) return 1;
  return 0;
}

/// Whether the call that is about to be made may read a file. One that cannot be looked at counts: the one who judges the
/// unit by it then says that it cannot be read.
static int may_be_a_file(const char *path) {
  struct stat status;
  if (!stat(path, &status)) return S_ISREG(status.st_mode);
  return errno != ENOENT && errno != ENOTDIR && errno != ELOOP && errno != ENAMETOOLONG;
}

/// Makes the path absolute, as the process sees it, and tells whether it lies below the root.
static int resolve(pid_t pid, int directory, char *path, const char *root, size_t length) {
  char whole[PATH_MAX], link[64];
  if (!*path) return 0;
  if (*path != '/') {
    if (directory == AT_FDCWD)
      snprintf(link, sizeof link, "/proc/%d/cwd", pid);
    else
      snprintf(link, sizeof link, "/proc/%d/fd/%d", pid, directory);
    ssize_t count = readlink(link, whole, sizeof whole - 1);
    if (count <= 0 || (size_t)count + strlen(path) + 2 > sizeof whole) return 0;
    whole[count] = '/';
    strcpy(whole + count + 1, path);
    strcpy(path, whole);
  }
  strcpy(whole, path);
  if (tidy(whole)) {
    strcpy(path, whole);
    if (is_below(path, root, length)) return 1;
    if (is_of_the_system(path)) return 0;
  }
  int opened = open(path, O_PATH | O_CLOEXEC);
  if (opened < 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", opened);
  ssize_t count = readlink(link, path, PATH_MAX - 1);
  close(opened);
  if (count <= 0) return 0;
  path[count] = 0;
  return is_below(path, root, length);
}

int cposix_trace_receive(int listener, const char *root, size_t root_length,
                         struct cposix_opened *opened) {
  // The kernel's structure may be larger than that of the headers.
  union {
    struct seccomp_notif call;
    char bytes[1024];
  } notice;
  memset(&notice, 0, sizeof notice);
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice.call)) return -1;
  const struct seccomp_data *data = &notice.call.data;
  pid_t pid = (pid_t)notice.call.pid;
  opened->id = notice.call.id;
  opened->kind = cposix_opened_nothing;
  int directory = AT_FDCWD, kind = cposix_opened_read;
  uint64_t name = data->args[0], flags = 0;
  switch (data->nr) {
    case __NR_openat:
      directory = (int)data->args[0], name = data->args[1], flags = data->args[2];
      break;
    case __NR_openat2: {
      directory = (int)data->args[0], name = data->args[1];
      struct iovec here = {&flags, sizeof flags}, there = {(void *)(uintptr_t)data->args[2], 8};
      if (process_vm_readv(pid, &here, 1, &there, 1, 0) != sizeof flags) return 0;
      break;
    }
    case __NR_execve: break;
    case __NR_execveat: directory = (int)data->args[0], name = data->args[1]; break;
    case __NR_renameat:
    case __NR_renameat2:
    case __NR_linkat:
      directory = (int)data->args[2], name = data->args[3], kind = cposix_opened_written;
      break;
#ifdef __NR_open
    case __NR_open: flags = data->args[1]; break;
    case __NR_creat: kind = cposix_opened_written; break;
    case __NR_rename:
    case __NR_link: name = data->args[1], kind = cposix_opened_written; break;
#endif
    default: return 0;
  }
  if ((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC)) kind = cposix_opened_written;
  if (flags & (O_DIRECTORY | O_PATH)) return 0;
  if (read_text(pid, name, opened->path, sizeof opened->path)) return 0;
  if (!resolve(pid, directory, opened->path, root, root_length)) return 0;
  if (kind == cposix_opened_read && !may_be_a_file(opened->path)) return 0;
  opened->kind = kind;
  return 0;
}

int cposix_trace_answer(int listener, const struct cposix_opened *opened) {
  struct seccomp_notif_resp response = {
      .id = opened->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

#else

int cposix_trace_receive(int listener, const char *root, size_t root_length,
                         struct cposix_opened *opened) {
  errno = ENOSYS;
  return -1;
}

int cposix_trace_answer(int listener, const struct cposix_opened *opened) {
  errno = ENOSYS;
  return -1;
}

#endif
