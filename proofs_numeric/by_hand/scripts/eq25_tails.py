"""As many machines of two states put out 01 and 10 as 00 and 11, which P charges alone."""

from itertools import product

survivor, S = "00", ("00", "11")
rows, outputs, bound = ((0, 0, 2), (1, 0, 2), *product((0, 1), (1, -1), (0, 1))), [], 0
for table, blank in product(product(rows, repeat=4), (0, 1)):  # rows: write, move, go to state
    tape, head, move, state = {}, 0, 0, 0
    for _ in range(6):  # no run that halts is longer; state 2 rewrites what it reads
        tape[head], move, state = (table + rows)[2 * state + tape.get(head := head + move, blank)]
    outputs += ["".join(str(tape[cell]) for cell in sorted(tape))] * (state == 2)
value = len({x for x in set(outputs) if outputs.count(x) == outputs.count(survivor)} ^ set(S))
print(value, ">", bound)
