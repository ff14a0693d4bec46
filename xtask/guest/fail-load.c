/*
 * Lets each allocation of loading a module, or of making a network namespace, fail once:
 *
 *	fail-load FILE NAME	loads FILE, and unloads NAME
 *	fail-load		makes a network namespace, and leaves it
 *
 * Which allocations count is for the filters of failslab and fail_page_alloc to say.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More than are there. */
#define LIMIT 500

static int counter, home;

static void arm(unsigned int nth)
{
	char text[16];

	if (pwrite(counter, text, snprintf(text, sizeof(text), "%u", nth), 0) < 0)
		exit(1);
}

/* Whether an allocation has failed. */
static int disarm(void)
{
	char text[16] = "";

	if (pread(counter, text, sizeof(text) - 1, 0) < 0)
		exit(1);
	arm(0);
	return atoi(text) == 0;
}

static int begin(int file)
{
	return file < 0 ? unshare(CLONE_NEWNET) : syscall(SYS_finit_module, file, "", 0);
}

static int undo(int file, const char *name)
{
	return file < 0 ? setns(home, CLONE_NEWNET) : syscall(SYS_delete_module, name, O_NONBLOCK);
}

static void done(const char *what, unsigned int failed, unsigned int refused)
{
	printf("# %s: %u allocations failed, of which %u prevented it\n", what, failed, refused);
	exit(failed ? 0 : 1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "network namespace";
	int file = argc > 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	unsigned int nth, refused = 0;

	counter = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (counter < 0 || home < 0 || (argc > 2 && file < 0)) {
		perror("fail-load");
		return 1;
	}
	for (nth = 1; nth < LIMIT; nth++) {
		int err, failed;

		arm(nth);
		err = begin(file) ? errno : 0;
		failed = disarm();
		if (err && !failed) {
			fprintf(stderr, "fail-load: %s: %s\n", what, strerror(err));
			return 1;
		}
		refused += err != 0;
		if (!err && undo(file, what)) {
			perror("fail-load: undo");
			return 1;
		}
		if (!failed)
			done(what, nth - 1, refused);
	}
	fprintf(stderr, "fail-load: %s: no end\n", what);
	return 1;
}
