import Foundation
import Primitives
import Testing

@testable import renkei

/// The live seams against the real machine.
@Suite struct LiveTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/live-\(UUID())/a/b"
        try Files.makeFolder(folder)
        try body(folder)
        try Files.removeFolder(folder)
        #expect(!Files.exists(folder))
    }

    @Test func `what was written is read again, with the mode asked for`() throws {
        try inFolder { folder in
            let path = folder + "/鍵"
            try Files.create(path, "first".bytes, mode: Files.ownerOnly)
            #expect(try Files.read(path, atMost: 5) == "first".bytes)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(throws: FileError.exists(path)) {
                try Files.create(path, [], mode: Files.ownerOnly)
            }
            try Files.replace(path, "second".bytes, mode: Files.ownerOnly)
            #expect(try Files.read(path, atMost: 6) == "second".bytes)
            #expect(throws: FileError.tooLarge(path, limit: 5)) { try Files.read(path, atMost: 5) }
            #expect(try Files.names(in: folder) == ["鍵"])
            try Files.remove(path)
            #expect(throws: FileError.notFound(path)) { try Files.read(path, atMost: 6) }
        }
    }

    @Test func `a place below a store is known, also by a link or before it is made`() throws {
        try inFolder { folder in
            let link = folder + "/link"
            for name in ["store", "store/inner", "beside"] {
                try Files.makeFolder("\(folder)/\(name)")
            }
            try FileManager.default.createSymbolicLink(
                atPath: link,
                withDestinationPath: folder + "/store"
            )
            #expect(!Files.isInDataFolder(folder + "/store"))
            for name in ["format", "lock"] {
                try Files.create("\(folder)/store/\(name)", [], mode: Files.ownerOnly)
            }
            for name in [
                "store", "store/inner", "store/new/er", "link", "link/inner", "beside/../store",
            ] {
                #expect(Files.isInDataFolder("\(folder)/\(name)"), "\(name)")
            }
            for name in ["", "beside", "beside/new", "storey"] {
                #expect(!Files.isInDataFolder("\(folder)/\(name)"), "\(name)")
            }
        }
    }

    @Test func `what is written in parts touches no other file`() throws {
        try inFolder { folder in
            try Files.create(folder + "/plan.pdf.part", "first".bytes, mode: Files.ownerOnly)
            try Files.replace(folder + "/plan.pdf", "second".bytes, mode: Files.ownerOnly)
            #expect(try Files.names(in: folder) == ["plan.pdf", "plan.pdf.part"])
            #expect(try Files.read(folder + "/plan.pdf.part", atMost: 9) == "first".bytes)
        }
    }

    @Test func `names come in byte order and folders go with all they hold`() throws {
        try inFolder { folder in
            for name in ["b", "B", "10", "9"] {
                try Files.makeFolder(folder + "/" + name)
                try Files.create(folder + "/\(name)/x", [], mode: Files.readable)
            }
            #expect(try Files.names(in: folder) == ["10", "9", "B", "b"])
        }
    }

    @Test func `a folder has one owner at a time`() throws {
        try inFolder { folder in
            do {
                let lock = try Files.lockFolder(folder)
                #expect(throws: FileError.busy(folder + "/lock")) { try isFree(folder) }
                _ = consume lock
            }
            try isFree(folder)
        }
    }

    private func isFree(_ folder: String) throws { _ = try Files.lockFolder(folder) }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b")])
    func `the folder of a path is what stands before the last slash`(
        _ path: String,
        _ folder: String
    ) {
        #expect(Files.folder(of: path) == folder)
    }

    @Test func `the clocks go forward and a passed deadline returns at once`() async throws {
        let time = SystemTime()
        let (now, uptime) = (time.now, time.uptime)
        #expect(now > Timestamp(startOfDayInJapan: try #require(Day("2026-01-01"))))
        try await time.sleep(until: uptime)
        try await time.sleep(for: .milliseconds(2))
        #expect(time.uptime >= uptime + .milliseconds(2))
    }

    @Test func `a signal arrives as an element and does not end the process`() async {
        // The other signals stay as they are, so that the tests can be stopped.
        var signals = Signals.received([.hangUp]).makeAsyncIterator()
        kill(getpid(), SIGHUP)
        #expect(await signals.next() == .hangUp)
        kill(getpid(), SIGHUP)
        #expect(await signals.next() == .hangUp)
    }

    @Test func `a cancelled sleep ends early`() async {
        let time = SystemTime()
        let task = Task { try await time.sleep(for: .seconds(3600)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
