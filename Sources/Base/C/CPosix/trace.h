#ifndef CPOSIX_TRACE_H
#define CPOSIX_TRACE_H

#include <linux/audit.h>
#include <linux/filter.h>

// What a process opens is reported by seccomp_unotify(2): the kernel stops it at the calls that the filter names, until it
// is instructed to go on. Nothing is allowed or refused by what is found, so it does not matter that a name may change
// between the look and the call.

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/// Instructions of the longest filter.
enum { cposix_filter_limit = 48 };

/// The filter for a process that is to run `executable`. The start of the program itself, told by where its name lies,
/// is let pass: nobody could answer yet. Returns how many instructions it has.
unsigned short cposix_trace_filter(struct sock_filter *filter, const char *executable);

/// Puts the calling process under the filter, by system calls alone. Returns the descriptor that tells of its calls, or
/// -1 with errno set.
int cposix_trace_install(const struct sock_fprog *program);

#endif
