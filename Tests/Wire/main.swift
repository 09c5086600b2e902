import Glibc

// `wire --listen PORT --to PORT [--delay-ms N] [--reset-after BYTES] [--vanish-after BYTES]
//       [--stall-after BYTES] [--count FILE]`
//
// A TCP proxy on loopback that makes a line long, and lets it break: for tests and benchmarks, and no
// part of the product. It prints the port that it listens at (0 chooses one) and runs until its
// standard input ends.
do {
    let settings = try WireSettings(Array(CommandLine.arguments.dropFirst()))
    let proxy = try WireProxy(settings)
    print(proxy.port)
    fflush(nil)
    try proxy.run()
} catch {
    _ = "wire: \(error)\n".withCString { write(2, $0, strlen($0)) }
    exit(2)
}
