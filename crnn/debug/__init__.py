"""The debugger: observe a state, keep states, move between them. Knows no screen.

trace, observe            every array of one sample at one state
reports, history          what each step said; states under a byte budget
recording, recorder, journal, keyframes    a run directory on disk, read and written
environment, provenance   what its bits depend on; what a difference means
capture, carried          a run as one file; samples that travel with it
timeline, runs            any step again, exactly; beginning, resuming and proving a run
survey, health, framing   what a frame says besides its trace, and what it may cost
messages, outbox, mailroom, verbs    what crosses the thread; *_messages: that of one feature
session, opening, shelf   runs being opened, and where they are kept
edits, branches, forking, comparing    other futures of a run, and how they differ from this one
guests, observe_guest, evaluating      what is looked at and never trained on
cursor, inner, inside     where one stands within a step, and what is shown there
calls, phases, reached    one step watched from outside, op by op
lines, buffers, statements, locals, differences, stops    one call, statement by statement
points, expression, moment, reading    breakpoints: what may be asked of a step, and its answer
lookout, reverse, nonfinite, watching   looking while a run moves, backwards, and where it broke
series, hindsight         a watch's curve, and the process that fills its past
stage, moves, changes, levels, breakpoints, watches    the open run; what each command does
debugger                  the command loop
scripting, own, prompt    the same verbs for scripts and the console
keeping, frozen           what leaves a session: files, tests, answers
"""
