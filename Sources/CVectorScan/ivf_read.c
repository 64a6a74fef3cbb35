#include "CVectorScan.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__) && __has_include(<linux/io_uring.h>)
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#define RING 1
#endif

#define DEPTH 128
#define THREADS 16

struct ivf_reader {
    // The pool: threads take the next piece until none is left.
    pthread_t threads[THREADS];
    int started;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    const struct ivf_read *reads;
    size_t count, next, finished;
    int file, error, closing;
#ifdef RING
    int ring;
    void *rings;
    size_t rings_size;
    struct io_uring_sqe *entries;
    unsigned *sq_head, *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
    struct io_uring_cqe *completions;
#endif
};

// Reads one piece whole.
static int read_piece(int file, const struct ivf_read *read) {
    size_t got = 0;
    while (got < read->length) {
        ssize_t n = pread(file, (char *)read->into + got, read->length - got, (off_t)(read->offset + got));
        if (n == 0) return -1;
        if (n < 0 && errno != EINTR) return errno;
        if (n > 0) got += (size_t)n;
    }
    return 0;
}

static void *serve(void *context) {
    struct ivf_reader *reader = context;
    pthread_mutex_lock(&reader->lock);
    for (;;) {
        while (!reader->closing && reader->next >= reader->count) pthread_cond_wait(&reader->work, &reader->lock);
        if (reader->closing) break;
        const struct ivf_read *read = &reader->reads[reader->next++];
        int file = reader->file;
        pthread_mutex_unlock(&reader->lock);
        int error = read_piece(file, read);
        pthread_mutex_lock(&reader->lock);
        if (error != 0) reader->error = error;
        if (++reader->finished == reader->count) pthread_cond_signal(&reader->done);
    }
    pthread_mutex_unlock(&reader->lock);
    return NULL;
}

static int run_pool(struct ivf_reader *reader, int file, const struct ivf_read *reads, size_t count) {
    pthread_mutex_lock(&reader->lock);
    reader->reads = reads;
    reader->file = file;
    reader->next = reader->finished = 0;
    reader->error = 0;
    reader->count = count;
    pthread_cond_broadcast(&reader->work);
    while (reader->finished < count) pthread_cond_wait(&reader->done, &reader->lock);
    int error = reader->error;
    reader->count = 0;
    pthread_mutex_unlock(&reader->lock);
    return error;
}

#ifdef RING
static int open_ring(struct ivf_reader *reader) {
    struct io_uring_params params;
    memset(&params, 0, sizeof params);
    long ring = syscall(__NR_io_uring_setup, DEPTH, &params);
    if (ring < 0) return 0;
    reader->ring = (int)ring;
    if (!(params.features & IORING_FEAT_SINGLE_MMAP) || !(params.features & IORING_FEAT_RW_CUR_POS)) return 0;
    size_t submissions = params.sq_off.array + params.sq_entries * sizeof(unsigned);
    size_t completions = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
    reader->rings_size = submissions > completions ? submissions : completions;
    void *rings = mmap(
        NULL, reader->rings_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, reader->ring, IORING_OFF_SQ_RING);
    if (rings == MAP_FAILED) return 0;
    reader->rings = rings;
    void *entries = mmap(
        NULL, DEPTH * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, reader->ring,
        IORING_OFF_SQES);
    if (entries == MAP_FAILED) return 0;
    reader->entries = entries;
    char *base = rings;
    reader->sq_head = (unsigned *)(base + params.sq_off.head);
    reader->sq_tail = (unsigned *)(base + params.sq_off.tail);
    reader->sq_mask = (unsigned *)(base + params.sq_off.ring_mask);
    reader->sq_array = (unsigned *)(base + params.sq_off.array);
    reader->cq_head = (unsigned *)(base + params.cq_off.head);
    reader->cq_tail = (unsigned *)(base + params.cq_off.tail);
    reader->cq_mask = (unsigned *)(base + params.cq_off.ring_mask);
    reader->completions = (struct io_uring_cqe *)(base + params.cq_off.cqes);
    return 1;
}

static void close_ring(struct ivf_reader *reader) {
    if (reader->entries) munmap(reader->entries, DEPTH * sizeof(struct io_uring_sqe));
    if (reader->rings) munmap(reader->rings, reader->rings_size);
    if (reader->ring >= 0) close(reader->ring);
    reader->entries = NULL;
    reader->rings = NULL;
    reader->ring = -1;
}

static int run_ring(struct ivf_reader *reader, int file, const struct ivf_read *reads, size_t count) {
    size_t submitted = 0, finished = 0;
    unsigned pending = 0;
    int error = 0;
    while (finished < count) {
        unsigned tail = *reader->sq_tail;
        while (submitted < count && submitted - finished < DEPTH) {
            unsigned index = tail & *reader->sq_mask;
            struct io_uring_sqe *entry = &reader->entries[index];
            memset(entry, 0, sizeof *entry);
            entry->opcode = IORING_OP_READ;
            entry->fd = file;
            entry->addr = (uint64_t)(uintptr_t)reads[submitted].into;
            entry->len = reads[submitted].length;
            entry->off = reads[submitted].offset;
            entry->user_data = submitted;
            reader->sq_array[index] = index;
            tail++;
            submitted++;
            pending++;
        }
        __atomic_store_n(reader->sq_tail, tail, __ATOMIC_RELEASE);
        // Waits for half of what is under way, so that the disk always has the other half to do.
        size_t under_way = submitted - finished;
        unsigned wait = submitted < count ? (unsigned)(under_way / 2) : (unsigned)under_way;
        long entered = syscall(
            __NR_io_uring_enter, reader->ring, pending, wait ? wait : 1, IORING_ENTER_GETEVENTS, NULL, 0);
        if (entered < 0 && errno != EINTR && errno != EAGAIN && errno != EBUSY) return errno;
        if (entered > 0) pending -= (unsigned)entered;
        unsigned head = *reader->cq_head;
        while (head != __atomic_load_n(reader->cq_tail, __ATOMIC_ACQUIRE)) {
            const struct io_uring_cqe *completion = &reader->completions[head & *reader->cq_mask];
            const struct ivf_read *read = &reads[completion->user_data];
            // What came short or was refused is read the plain way, which also tells what is wrong with it.
            if (completion->res != (int)read->length) {
                int piece = read_piece(file, read);
                if (piece != 0) error = piece;
            }
            head++;
            finished++;
        }
        __atomic_store_n(reader->cq_head, head, __ATOMIC_RELEASE);
    }
    return error;
}
#endif

struct ivf_reader *ivf_reader_open(int pool) {
    struct ivf_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
#ifdef RING
    reader->ring = -1;
    if (!pool && open_ring(reader)) return reader;
    close_ring(reader);
#endif
    pthread_mutex_init(&reader->lock, NULL);
    pthread_cond_init(&reader->work, NULL);
    pthread_cond_init(&reader->done, NULL);
    while (reader->started < THREADS && pthread_create(&reader->threads[reader->started], NULL, serve, reader) == 0)
        reader->started++;
    if (reader->started > 0) return reader;
    ivf_reader_close(reader);
    return NULL;
}

int ivf_reader_uses_ring(const struct ivf_reader *reader) {
#ifdef RING
    return reader->ring >= 0;
#else
    (void)reader;
    return 0;
#endif
}

int ivf_reader_run(struct ivf_reader *reader, int file, struct ivf_read *reads, size_t count) {
    if (count == 0) return 0;
#ifdef RING
    if (reader->ring >= 0) return run_ring(reader, file, reads, count);
#endif
    return run_pool(reader, file, reads, count);
}

void ivf_reader_close(struct ivf_reader *reader) {
    if (!reader) return;
#ifdef RING
    if (reader->ring >= 0) {
        close_ring(reader);
        free(reader);
        return;
    }
#endif
    pthread_mutex_lock(&reader->lock);
    reader->closing = 1;
    pthread_cond_broadcast(&reader->work);
    pthread_mutex_unlock(&reader->lock);
    for (int n = 0; n < reader->started; n++) pthread_join(reader->threads[n], NULL);
    pthread_mutex_destroy(&reader->lock);
    pthread_cond_destroy(&reader->work);
    pthread_cond_destroy(&reader->done);
    free(reader);
}
