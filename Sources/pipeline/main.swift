import PipelineCommands
import Posix

// The edge of the edge: everything else can be tested without starting a process.
ProgramExit.exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
