"""What kernels that are printed for Numba call: support.h in Numba's Python, with the same blocks and lists.

What it has for numbers stands in arithmetic.py.

A block is the address of its header, 0 none. What can't be done for want of memory gives 0.
"""

from __future__ import annotations

from numba import types

from srcad.native import machine_code as code
from srcad.native.machine_code import (
    address,
    ahead,
    copy_bytes,
    fill_with_zeros,
    pointer,
    scratch,
)

compiled = code.ForKernels

float64, float32, boolean = types.float64, types.float32, types.boolean
int8, int16, int32, int64 = types.int8, types.int16, types.int32, types.int64
uint8, uint16, uint32, uint64 = types.uint8, types.uint16, types.uint32, types.uint64
INFINITY, NAN = float("inf"), float("nan")

# how a kernel ends: as in support.h
DONE, MEMORY, ZERO_DIVISION, INDEX, VALUE, ARITHMETIC, MATH, SHAPE, INTERRUPTED = range(9)

NULL, HEADER, CHUNK = 0, 128, 65536
# where things stand in a block, in words; behind FREE its class and its kind, which take half a word each
REFS, SIZE, NEXT, LAST, FREE, LIST_LENGTH, WIDTH = 0, 1, 2, 3, 4, 6, 7
CLASS, KIND = 10, 11
# and in a call
BLOCKS, FREE_BLOCKS, TICKS, INTERRUPT, GEMM, LINKED = 0, 1, 66, 68, 69, 71


# ---- blocks


@compiled
def words(block):
    return pointer(block, int64)


@compiled
def halves(block):
    return pointer(block, int32)


@compiled
def new_block(call, bytes, kind):
    size_class = 6 if bytes <= 64 else 64 - code.leading_zeros(bytes - 1)
    pool = words(call)
    block = pool[FREE_BLOCKS + size_class]
    if block != 0:
        pool[FREE_BLOCKS + size_class] = words(block)[FREE]
    else:
        block = code.aligned_alloc(64, HEADER + (1 << size_class))
        if block == 0:
            return 0
        halves(block)[CLASS] = size_class
        words(block)[LAST] = 0
        words(block)[NEXT] = pool[BLOCKS]
        if pool[BLOCKS] != 0:
            words(pool[BLOCKS])[LAST] = block
        pool[BLOCKS] = block
    own = words(block)
    own[REFS] = 1
    own[SIZE] = bytes
    own[LIST_LENGTH] = 0
    halves(block)[KIND] = kind
    return block


@compiled
def kept_free(call, block):
    size_class = FREE_BLOCKS + halves(block)[CLASS]
    words(block)[FREE] = words(call)[size_class]
    words(call)[size_class] = block


@compiled
def release(call, block):
    if block != 0:
        words(block)[REFS] -= 1
        if words(block)[REFS] == 0:
            if halves(block)[KIND] != 0:
                released_list(call, block)
            else:
                kept_free(call, block)


@compiled
def released_list(call, block):
    """A list or a record that nobody has any more, and all that it alone has."""
    if block == 0:
        return 0
    kind = halves(block)[KIND]
    if kind != 1:
        for k in range(words(block)[LIST_LENGTH]):
            one = words(item(block, k))[0] if kind == 2 else words(block + HEADER)[k]
            if one != 0:
                words(one)[REFS] -= 1
                if words(one)[REFS] == 0:
                    if halves(one)[KIND] != 0:
                        released_list(call, one)
                    else:
                        kept_free(call, one)
    if kind != 3:
        items = items_of(block)
        words(items)[REFS] -= 1
        if words(items)[REFS] == 0:
            kept_free(call, items)
    kept_free(call, block)
    return 0


@compiled
def retain(block):
    if block != 0:
        words(block)[REFS] += 1


@compiled
def data(block, type):
    """What a block holds; of none, no pointer."""
    return pointer(block + HEADER if block != 0 else 0, type)


# ---- lists


@compiled
def items_of(block):
    """The block with the elements of a list."""
    return words(block + HEADER)[0]


@compiled
def item(block, k):
    """Where an element of a list stands."""
    return items_of(block) + HEADER + k * words(block)[WIDTH]


@compiled
def items(block, type):
    return pointer(items_of(block) + HEADER, type)


@compiled
def list_length(block):
    return words(block)[LIST_LENGTH]


@compiled
def item_length(block, k, axis):
    """A length of an array in a list."""
    return words(item(block, k))[1 + axis]


@compiled
def new_list(call, kind, width):
    made = new_block(call, 8, kind)
    if made == 0:
        return 0
    words(made)[WIDTH] = width
    words(made + HEADER)[0] = new_block(call, 64, 0)
    return made if items_of(made) != 0 else 0


@compiled
def grow(call, block, length):
    """Room for so many elements; False where there is none."""
    own, old = words(block), items_of(block)
    if length * own[WIDTH] <= 1 << int64(halves(old)[CLASS]):
        return True
    made = new_block(call, 2 * length * own[WIDTH], 0)
    if made == 0:
        return False
    copy_bytes(made + HEADER, old + HEADER, own[LIST_LENGTH] * own[WIDTH])
    words(block + HEADER)[0] = made
    release(call, old)
    return True


@compiled
def push(call, block, type, value):
    length = words(block)[LIST_LENGTH]
    if not grow(call, block, length + 1):
        return False
    items(block, type)[length] = value
    words(block)[LIST_LENGTH] = length + 1
    return True


@compiled
def put(block, k, lengths, first):
    """A block and lengths as an element of a list."""
    place = words(item(block, k))
    place[0] = first
    for axis in range(len(lengths) - 1):
        place[1 + axis] = lengths[axis]


@compiled
def push_block(call, block, made, lengths):
    length = words(block)[LIST_LENGTH]
    if not grow(call, block, length + 1):
        return False
    put(block, length, lengths, made)
    words(block)[LIST_LENGTH] = length + 1
    return True


@compiled
def set_block(call, block, k, made, lengths):
    release(call, words(item(block, k))[0])
    put(block, k, lengths, made)


@compiled
def reserve(call, block, count):
    """Makes a list longer; False: there is no room."""
    length = words(block)[LIST_LENGTH]
    if not grow(call, block, length + count):
        return False
    words(block)[LIST_LENGTH] = length + count
    return True


@compiled
def shorten(block, count):
    words(block)[LIST_LENGTH] -= count


@compiled
def behind(block, type):
    """The pointer to what comes behind the elements of a list."""
    return ahead(items(block, type), words(block)[LIST_LENGTH])


@compiled
def zeros(call, block, count):
    if not grow(call, block, count):
        return False
    fill_with_zeros(item(block, 0), count * words(block)[WIDTH])
    words(block)[LIST_LENGTH] = count
    return True


@compiled
def extended(call, block, source, first, count, step):
    """`count` elements of a list, from `first` on, behind those of another."""
    own = words(block)
    if not grow(call, block, own[LIST_LENGTH] + count):
        return False
    for k in range(count):
        place = item(source, first + k * step)
        copy_bytes(item(block, own[LIST_LENGTH]), place, own[WIDTH])
        own[LIST_LENGTH] += 1
        if halves(block)[KIND] == 2:
            retain(words(place)[0])
    return True


@compiled
def slice_list(call, source, first, count, step):
    made = new_list(call, int64(halves(source)[KIND]), words(source)[WIDTH])
    return made if made != 0 and extended(call, made, source, first, count, step) else 0


@compiled
def copy_list(call, source):
    if source == 0:
        return new_list(call, 1, 8)  # of nothing, which nobody reads
    return slice_list(call, source, 0, list_length(source), 1)


@compiled
def concat_lists(call, a, b):
    made = copy_list(call, a)
    return made if made != 0 and extended(call, made, b, 0, list_length(b), 1) else 0


@compiled
def repeat_list(call, source, count):
    made = new_list(call, int64(halves(source)[KIND]), words(source)[WIDTH])
    for _ in range(count):
        if made == 0 or not extended(call, made, source, 0, list_length(source), 1):
            return 0
    return made


@compiled
def spliced_list(call, source, first, count, values):
    made = slice_list(call, source, 0, first, 1)
    after = first + count
    if made == 0 or not extended(call, made, values, 0, list_length(values), 1):
        return 0
    return made if extended(call, made, source, after, list_length(source) - after, 1) else 0


@compiled
def strided_list(call, source, first, count, step, values):
    made = copy_list(call, source)
    if made == 0:
        return 0
    for k in range(count):
        new, place = item(values, k), item(made, first + k * step)
        if halves(made)[KIND] == 2:
            retain(words(new)[0])
            release(call, words(place)[0])
        copy_bytes(place, new, words(made)[WIDTH])
    return made


@compiled
def copy_all(call, source):
    """A copy of all that hangs on a block."""
    if source == 0:
        return 0
    kind = int64(halves(source)[KIND])
    if kind == 0 or kind == 3:
        made = new_block(call, words(source)[SIZE], kind)
        if made == 0:
            return 0
        copy_bytes(made + HEADER, source + HEADER, words(source)[SIZE])
        words(made)[LIST_LENGTH] = words(source)[LIST_LENGTH]
        for k in range(words(made)[LIST_LENGTH]):  # of a record
            inner = words(made + HEADER)
            if inner[k] != 0:
                inner[k] = copy_all(call, inner[k])
                if inner[k] == 0:
                    return 0
        return made
    made = copy_list(call, source)
    if made == 0 or halves(made)[KIND] != 2:
        return made
    for k in range(list_length(made)):
        place = words(item(made, k))
        if place[0] != 0:
            own = copy_all(call, place[0])
            if own == 0:
                return 0
            release(call, place[0])
            place[0] = own
    return made


@compiled
def zeros_of(call, source):
    """The same, with zeros in the places of numbers."""
    if source == 0:
        return 0
    made = copy_all(call, source)
    if made != 0:
        zeroed(made)
    return made


@compiled
def zeroed(block):
    """All numbers that hang on a block of which nobody else has a part."""
    if block == 0:
        return 0
    kind = halves(block)[KIND]
    if kind == 0:
        fill_with_zeros(block + HEADER, words(block)[SIZE])
    elif kind == 1:
        fill_with_zeros(item(block, 0), list_length(block) * words(block)[WIDTH])
    else:
        for k in range(list_length(block)):
            zeroed(words(item(block, k))[0])
    return 0


@compiled
def added(call, place, b, type):
    """a + b, all numbers of it, where a stands in a place; a is copied before it is written to if others have it."""
    a = place[0]
    if b == 0:
        return DONE
    if a == 0:
        retain(b)
        place[0] = b
        return DONE
    if words(a)[REFS] > 1:
        own = copy_list(call, a) if halves(a)[KIND] != 0 else copy_all(call, a)
        if own == 0:
            return MEMORY
        release(call, a)
        place[0] = a = own
    kind, bytes = halves(a)[KIND], bytes_of(a)
    if kind != halves(b)[KIND] or bytes != bytes_of(b):
        return ARITHMETIC
    if kind == 2:
        for k in range(list_length(a)):
            how = added(call, words(item(a, k)), words(item(b, k))[0], type)
            if how != DONE:
                return how
        return DONE
    to, source = numbers(a, type), numbers(b, type)
    for k in range(bytes // size_of(type)):
        to[k] += source[k]
    return DONE


@compiled
def bytes_of(block):
    return list_length(block) * words(block)[WIDTH] if halves(block)[KIND] != 0 else words(block)[SIZE]


@compiled
def numbers(block, type):
    """The numbers of an array, or of a list of numbers."""
    return items(block, type) if halves(block)[KIND] != 0 else data(block, type)


@compiled
def size_of(type):
    return address(ahead(pointer(0, type), 1))


@compiled
def add_list(call, block, source, type):
    """(the sum, how that ended)."""
    place = scratch(int64)
    place[0] = block
    how = added(call, place, source, type)
    return place[0], how


@compiled
def add_block(call, block, k, made, lengths, type):
    place = words(item(block, k))
    if place[0] == 0:
        for axis in range(len(lengths) - 1):
            place[1 + axis] = lengths[axis]
    else:
        for axis in range(len(lengths) - 1):
            if place[1 + axis] != lengths[axis]:
                return ARITHMETIC
    return added(call, place, made, type)


# ---- records: a block that begins with blocks, and has numbers behind them


@compiled
def new_record(call, blocks, bytes):
    made = new_block(call, bytes, 3)
    if made != 0:
        words(made)[LIST_LENGTH] = blocks
    return made


@compiled
def held(record):
    return words(record + HEADER)


@compiled
def field(record, offset, type):
    """The pointer to a number of a record."""
    return pointer(record + HEADER + offset, type)


# ---- Ctrl-C


@compiled
def ticked(call, turns):
    """Whether a loop has to end, before so many more of its turns."""
    words(call)[TICKS] -= turns
    return words(call)[TICKS] < 0 and code.asked(words(call)[INTERRUPT], call) != 0
