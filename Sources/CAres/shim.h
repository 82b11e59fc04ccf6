#pragma once
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/eventfd.h> /* not part of Swift's Glibc module */
#include <ares.h>

static inline int cares_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
static inline void cares_name_thread(const char *name) { prctl(PR_SET_NAME, name); }
