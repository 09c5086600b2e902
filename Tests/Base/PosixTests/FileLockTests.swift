import Posix
import Testing

@Suite struct FileLockTests {
    @Test func onlyOneHoldsIt() throws {
        try withScratchFolder { folder in
            let path = folder + "/lock"
            do {
                let first = try FileLock.tryAcquire(path)
                expect(first, isHeld: true)
                let second = try FileLock.tryAcquire(path)
                expect(second, isHeld: false)
            }
            let third = try FileLock.tryAcquire(path)
            expect(third, isHeld: true)
            #expect(try FileSystem.status(path)?.mode == 0o600)
        }
    }

    @Test func isHeldToTheEndOfItsScope() throws {
        try withScratchFolder { folder in
            let path = folder + "/lock"
            guard let lock = try FileLock.tryAcquire(path) else {
                Issue.record("not acquired")
                return
            }
            // No use of `lock` comes after this: it must not be given up early.
            try lock.write("a long text")
            try lock.write("held by 1")
            #expect(try FileSystem.readText(path) == "held by 1")
            let other = try FileLock.tryAcquire(path)
            expect(other, isHeld: false)
        }
    }

    @Test func waitsForAsLongAsItIsTold() throws {
        try withScratchFolder { folder in
            let path = folder + "/lock"
            var asked = 0
            var holder = try FileLock.tryAcquire(path)
            let refused = try FileLock.acquire(path, intervalMs: 1) {
                asked += 1
                return asked < 3
            }
            expect(refused, isHeld: false)
            #expect(asked == 3)
            let acquired = try FileLock.acquire(path, intervalMs: 1) {
                holder = nil
                return true
            }
            expect(acquired, isHeld: true)
            expect(holder, isHeld: false)
        }
    }

    @Test func aRemovedFileIsNoLock() throws {
        try withScratchFolder { folder in
            let path = folder + "/lock"
            let old = try FileLock.tryAcquire(path)
            try FileSystem.remove(path)
            let new = try FileLock.tryAcquire(path)
            expect(old, isHeld: true)
            expect(new, isHeld: true)
        }
    }

    // The macro itself cannot look at what cannot be copied.
    private func expect(
        _ lock: borrowing FileLock?, isHeld: Bool, at location: SourceLocation = #_sourceLocation
    ) {
        let isThere = lock != nil
        #expect(isThere == isHeld, sourceLocation: location)
    }
}
