#include "CPosix.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

int cposix_clone(int target, int source) { return ioctl(target, FICLONE, source); }

ssize_t cposix_copy_range(int source, int target, size_t length) {
  return copy_file_range(source, NULL, target, NULL, length, 0);
}

int cposix_sync_file_system(int descriptor) { return syncfs(descriptor); }

int cposix_set_modified(const char *path, int64_t seconds, int64_t nanoseconds) {
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
                              {.tv_sec = seconds, .tv_nsec = nanoseconds}};
  return utimensat(AT_FDCWD, path, times, 0);
}

int cposix_file_system(const char *path, uint32_t *magic, int64_t *freeBytes) {
  struct statfs buffer;
  if (statfs(path, &buffer) == -1) return -1;
  *magic = (uint32_t)buffer.f_type;
  *freeBytes = (int64_t)buffer.f_bavail * (int64_t)(buffer.f_frsize ? buffer.f_frsize : buffer.f_bsize);
  return 0;
}

unsigned cposix_device_major(uint64_t device) { return major(device); }
unsigned cposix_device_minor(uint64_t device) { return minor(device); }
