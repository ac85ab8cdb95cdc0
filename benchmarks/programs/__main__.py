import sys

from benchmarks.programs.measure import main

main(sys.argv[1:])
