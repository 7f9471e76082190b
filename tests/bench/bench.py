#!/usr/bin/env python3
"""Measures the programs on a Maildir made of the project's fixtures.

Prints a table: each line the median of several runs, mails a second, and the
ratio to bare GMime with as many processes in the same run."""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


def fixtures():
    """Mails of the sizes that bounces have; the oddities stay out."""
    folder = os.path.join(TOP, 'tests', 'mails')
    mails = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith('.eml') and os.path.getsize(path) < 100_000:
            with open(path, 'rb') as f:
                mails.append(f.read())
    return mails


def fill(maildir, count):
    """A Maildir of COUNT mails, no two with the same content."""
    for d in ('tmp', 'new', 'cur'):
        os.makedirs(os.path.join(maildir, d))
    mails = fixtures()
    size = 0
    for i in range(count):
        mail = b'X-Bench: %d\n' % i + mails[i % len(mails)]
        size += len(mail)
        with open(f'{maildir}/new/1700000000.M{i}.bench', 'wb') as f:
            f.write(mail)
    return size


def timed(*command, **more):
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **more)
    return time.monotonic() - start


def undo(maildir):
    """Puts the mails that a run has moved back into new/."""
    for name in os.listdir(f'{maildir}/cur'):
        os.rename(f'{maildir}/cur/{name}',
                  f'{maildir}/new/{name.split(":2,")[0]}')
    failed = f'{maildir}/.Failed'
    if os.path.isdir(failed):
        sys.exit(f'some mails could not be read: see {failed}')


def fresh(db):
    for suffix in ('', '-wal', '-shm', '-lock', '-journal'):
        if os.path.exists(db + suffix):
            os.unlink(db + suffix)


def open_read_rename(maildir):
    start = time.monotonic()
    for name in os.listdir(f'{maildir}/new'):
        fd = os.open(f'{maildir}/new/{name}', os.O_RDONLY)
        os.read(fd, 1 << 20)
        os.close(fd)
        os.rename(f'{maildir}/new/{name}', f'{maildir}/cur/{name}:2,S')
    took = time.monotonic() - start
    undo(maildir)
    return took


OTHERS = {
    'Sisimai (Perl)': ('perl', '-MSisimai', '-e',
                       'for (<STDIN>) { chomp; Sisimai->rise($_) }'),
    'BounceParser (Perl)': (
        'perl', '-MMail::DeliveryStatus::BounceParser', '-e',
        'for (<STDIN>) { chomp; open my $f, "<", $_; local $/; my $m = <$f>; '
        'eval { Mail::DeliveryStatus::BounceParser->new($m)->reports } }'),
    'flufl.bounce (Python)': (
        '/usr/bin/python3', '-c',
        'import sys, email\n'
        'from flufl.bounce import all_failures\n'
        'for l in sys.stdin:\n'
        '    try: all_failures(email.message_from_binary_file('
        'open(l.strip(), "rb")))\n'
        '    except Exception: pass\n'),
}


def is_there(command):
    probe = list(command)
    return subprocess.run(probe, stdin=subprocess.DEVNULL, check=False,
                          capture_output=True).returncode == 0


def others(names, count):
    """Mails a second of programs that are installed, on fewer mails."""
    count = min(count, 2000)
    text = ''.join(n + '\n' for n in names[:count]).encode()
    for label, command in OTHERS.items():
        if not is_there(command):
            yield label, None
            continue
        start = time.monotonic()
        subprocess.run(command, input=text, check=False, capture_output=True)
        yield label, count / (time.monotonic() - start)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--build', default='build')
    p.add_argument('--mails', type=int, default=20000)
    p.add_argument('--runs', type=int, default=3)
    p.add_argument('--keep', help='work in this folder and leave it')
    a = p.parse_args()
    build = os.path.join(TOP, a.build)
    top = a.keep or tempfile.mkdtemp(prefix='bounced-bench.')
    maildir, db = f'{top}/Maildir', f'{top}/bounces.db'
    size = fill(maildir, a.mails)
    names = sorted(f'{maildir}/new/{n}' for n in os.listdir(f'{maildir}/new'))
    with open(f'{top}/names', 'w', encoding='utf-8') as f:
        f.write('\n'.join(names) + '\n')

    def bare(n):
        return timed(f'{build}/bench/gmime_bare', str(n), f'{top}/names')

    def scan(n):
        with open(f'{top}/names', encoding='utf-8') as f:
            return timed('xargs', f'{build}/bouncectl', 'scan', '--json',
                         '--jobs', str(n), stdin=f)

    def once():
        fresh(db)
        took = timed(f'{build}/bounced', '--once', '--maildir', maildir,
                     '--database', db, stderr=subprocess.DEVNULL)
        undo(maildir)
        return took

    def imported():
        fresh(db)
        return timed(f'{build}/bouncectl', '--database', db, 'import',
                     maildir, stderr=subprocess.DEVNULL)

    work = [
        ('bare GMime, 1 process', lambda: bare(1)),
        ('bare GMime, 2 processes', lambda: bare(2)),
        ('bouncectl scan --jobs 1', lambda: scan(1)),
        ('bouncectl scan --jobs 2', lambda: scan(2)),
        ('bounced --once, durable', once),
        ('bouncectl import', imported),
        ('open+read+rename alone', lambda: open_read_rename(maildir)),
    ]
    times = {label: [] for label, _ in work}
    try:
        for _ in range(a.runs):
            for label, run in work:
                times[label].append(run())
        print(f'{a.mails} mails, {size / a.mails / 1024:.1f} kB each, '
              f'median of {a.runs} runs')
        base = statistics.median(times['bare GMime, 2 processes'])
        print(f'{"":28}{"mails/s":>10}{"to bare GMime x2":>18}')
        for label, _ in work:
            t = statistics.median(times[label])
            print(f'{label:28}{a.mails / t:10.0f}{base / t:18.2f}')
        for label, rate in others(names, a.mails):
            if rate is None:
                print(f'{label:28}{"not installed":>28}')
            else:
                print(f'{label:28}{rate:10.0f}{rate * base / a.mails:18.2f}')
        store = f'{build}/bench/bench_store'
        if os.path.exists(store):
            print('rows a second of the store alone:')
            subprocess.run([store], check=False)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f'largest process of all: {peak / 1024:.1f} MiB')
    finally:
        if not a.keep:
            shutil.rmtree(top)


if __name__ == '__main__':
    main()
