"""The engine: a CRNN with CTC in NumPy, and a debugger for its training. Knows no screen.

One idea carries it: **a training step is a function of a value**. `train.advance(config, data,
state)` gives the next state, a report and the caches it made; nothing is hidden, nothing consumed.
So a debugger need not interrupt anything: it keeps states, recomputes everything else, and going
back is going forward from an earlier state, proven by a digest of every tensor.

The way of a number, from a picture to the screen:

    data.prepare      picture -> x_HW, ink 1 on paper 0: the one door for everything that is read
    data.dataset      samples -> Batch by address (seed, step), padded, honest epochs
    model.forward     the op list, written out once; ops/ has each op beside its backward pass,
                      kernels/ the fast form of some (fast.py decides, by shape alone)
    ctc.loss          logits_NTK -> loss, gradient, and the lattice: log alpha, log beta, gamma
    model.backward    the same list upside down
    optim, schedule   gradients -> the next parameters, one flat vector
    shard, workers    a batch in parts, each computed here or in a second process, same bits
    train.advance     all of the above -> (state, report, passes)
    debug.observe     passes (or a state and one sample) -> Trace: every array of one sample
    debug.timeline    states, edits and reports of one run; train, seek, replay with digest checks
    debug.branches    other futures of a run, each from an edited state; debug.comparing, B - A
    debug.recording   the same on disk: a run directory that survives a kill
    debug.debugger    the command loop: commands in, frames and events out; runs in a thread
    debug.inside      where one stands within a step: phase, timestep, executed line
    commands          the same verbs without a window

Floors, each importing only from those below it (machine-checked):

    commands > debug > shipped, averaging > checkpoint, reading_page > train, reading > workers
    > shard > model, optim > config > data > ctc, ops, text > rng > page > arrays > errors

Where to look for: names of axes - arrays; random numbers - rng; what a Config may hold - config; a
whole training in one file - recipe, commands.curriculum; the mean of trained states - averaging;
how letters follow each other - ctc.letters; which pixels a timestep sees - geometry; Hangul and the
alphabets - text.hangul; CER - text.score; what --data may name - data.sources; AI Hub's formats -
data.aihub; drawn hands - data.hands, data.frames, data.writing, in a hurry - data.real_hands,
data.real_writing, data.cursive_hangul; ink and paper - data.pen, data.paper, data.real_paper;
bending a picture - data.augment, data.mesh; what a file must look like to be believed - checkpoint,
safetensors_file; what crosses the thread - debug.messages and the *_messages beside it; words on a
page - page.finding; every array a view may draw - debug.trace; what a branch may change -
debug.edits, data.edited; the names that a breakpoint or watch may use - debug.moment; breakpoints
on lines of code - debug.stops, debug.hunting; what an array at a line means - debug.axes; a line
frozen as a test - debug.frozen_line; what survives a power cut - durable; one writer a recording -
debug.claim; what is brought into memory while a run stands - debug.warming; which states stay -
debug.grid; their memory - pool; what a step takes by itself, on a busy machine too - effort;
batches made ahead - data.ahead, in the window debug.feeding; words to be written - data.words,
data.vocabulary, assets/texts.
"""
