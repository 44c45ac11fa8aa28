import Cryptography
import Foundation
import Primitives
import Testing

@testable import renkei

/// A message as large as one can be, between real processes: cut at many places, resumed, and never
/// held whole by anybody. The short run is smaller; `RENKEI_LONG` takes the whole gibibyte.
@Suite(.serialized) struct LargeTests {
    private static let isLong = ProcessInfo.processInfo.environment["RENKEI_LONG"] != nil
    private static let isSanitized =
        ProcessInfo.processInfo.environment["ASAN_OPTIONS"] != nil
    private static let chunks = isLong ? Limits.chunks : 16
    private static let cuts = isLong ? 20 : 4
    private static let residentBytes = 64 * 1024 * 1024

    @Test(.timeLimit(.minutes(30)))
    func `a large attachment crosses in little memory, however often it is cut`() async throws {
        let room = try Room(besideProgram: "large")
        let installed = try LargeSheet.install(in: room)
        let file = room.path("large.pdf")
        let sha256 = try Self.make(file, bytes: Self.chunks * Limits.chunkPlainBytes)
        try await CrashTown.live(installed) { town in
            let sheet = try LargeSheet.write(
                to: room,
                byteLength: Self.chunks * Limits.chunkPlainBytes,
                sha256
            )
            let message = try await send(sheet, file, town)
            var cuts = try await upload(message, town)
            cuts += try await download(town)
            try await town.settle([message])
            try await open(message, room, town, sha256)
            try await town.verifyLogs()
            town.notePeaks()
            print("large: \(Self.chunks) chunks, \(cuts) cuts, peaks \(town.peaks)")
            // A small one may be over before it is cut at every place.
            #expect(cuts == Self.cuts || !Self.isLong)
            // What a sanitizer keeps beside every byte is not ours.
            for (name, peak) in town.peaks where !Self.isSanitized {
                #expect(peak < Self.residentBytes, "\(name): \(peak)")
            }
        }
    }

    private static func make(_ path: String, bytes: Int) throws -> Digest {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode: Files.ownerOnly)
        var hasher = SHA256Hasher()
        var left = bytes
        while left > 0 {
            let piece = SystemRandom().bytes(min(left, Limits.chunkPlainBytes))
            try file.append(piece)
            hasher.update(piece)
            left -= piece.count
        }
        return hasher.finish()
    }

    private static func hash(_ path: String) throws -> Digest {
        let file = try Files.open(path)
        var hasher = SHA256Hasher()
        while true {
            let piece = try file.read(Limits.chunkPlainBytes)
            guard !piece.isEmpty else { return hasher.finish() }
            hasher.update(piece)
        }
    }

    /// The service is killed while the command hands the attachment over; the command says so, and
    /// the same command again sends it once.
    private func send(_ sheet: String, _ file: String, _ town: CrashTown) async throws -> String {
        let words = [
            "send", sheet, "--attach", file, "--now", "--as", DemoOffice.care.person.name,
            "--role", "careManager", "--idempotency-key", "large",
        ]
        async let cut: Void = town.cut(.care) { try town.segments(of: .care) > 2 }
        let first = try await town.watched("send", words, in: .care)
        try await cut
        #expect(first.exitCode != 0)
        let second = try await town.watched("send", words, in: .care)
        #expect(second.exitCode == 0, "\(second.text)")
        return second.text.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// - Returns: how often it was cut before it was over.
    private func upload(_ message: String, _ town: CrashTown) async throws -> Int {
        var cuts = 0
        for number in 1...(Self.cuts / 2) {
            let place = Self.chunks * number / (Self.cuts / 2 + 1)
            let isUnderWay = try await town.until("the upload is at \(place)") {
                let (state, done) = try await town.progress(of: message)
                town.notePeaks()
                if state != "queued" { return false }
                return done >= place ? true : nil
            }
            guard isUnderWay else { break }
            try await town.cut(number.isMultiple(of: 2) ? .exchange : .care) { true }
            cuts += 1
        }
        try await town.until("the exchange has it") {
            town.notePeaks()
            return try await town.progress(of: message).state != "queued" ? true : nil
        }
        return cuts
    }

    private func download(_ town: CrashTown) async throws -> Int {
        var cuts = 0
        for number in 1...(Self.cuts / 2) {
            let place = Self.chunks * number / (Self.cuts / 2 + 1)
            let isUnderWay = try await town.until("the download is at \(place)") {
                town.notePeaks()
                let here = try town.segments(of: .clinic)
                if here >= Self.chunks { return false }
                return here >= place ? true : nil
            }
            guard isUnderWay else { break }
            try await town.cut(number.isMultiple(of: 2) ? .exchange : .clinic) { true }
            cuts += 1
        }
        return cuts
    }

    private func open(
        _ message: String,
        _ room: Room,
        _ town: CrashTown,
        _ sha256: Digest
    ) async throws {
        let person = DemoOffice.clinic.person
        let words = [
            "inbox", "open", message, "--as", person.name, "--role", person.role, "-o",
            room.path("opened"),
        ]
        let opened = try await town.watched("open", words, in: .clinic)
        #expect(opened.exitCode == 0, "\(opened.text)")
        #expect(try Self.hash(room.path("opened/large.pdf")) == sha256)
        // That it was saved is on record, once for all its pieces.
        let acting = ["--as", person.name, "--role", person.role, "--json"]
        let shown = try await town.watched(
            "audit",
            ["audit", "show", "--message", message] + acting,
            in: .clinic
        )
        let saved = shown.text.split(separator: "\n").filter { $0.contains("attachment.saved") }
        #expect(saved.count == 1, "\(shown.text)")
    }
}
