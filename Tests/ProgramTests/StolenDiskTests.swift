import Audit
import Cryptography
import Foundation
import Primitives
import Sheets
import Testing

@testable import renkei

/// Somebody takes the disks of an exchange and of two offices away while they run, and searches
/// them without the keys: nothing of any person is on them.
@Suite struct StolenDiskTests {
    private static let people = 50

    /// Somebody who is nowhere else: ten values, each of them found by a plain search.
    private struct Planted {
        let number: Int
        private var word: String {
            let letters = Array("あかさたなはまやらわ")
            return String(String(number).compactMap { $0.wholeNumberValue.map { letters[$0] } })
        }

        var fullName: String { "幻橋 \(word)之助" }
        var kana: String { "ゲンバシ \(String(word.unicodeScalars.map { Self.katakana($0) }))ノスケ" }
        var insuredNumber: String { "98765\(10_000 + number)" }
        var address: String { "架空市幻区\(word)町九丁目\(number)番7号" }
        var phone: String { "06-7\(100 + number)-48\(10 + number)" }
        var message: String { "\(word)の件、畑仕事をやめて\(number)日になります。" }
        var place: String { "\(word)集会所の\(number)号室" }
        var family: String { "幻橋 \(word)太郎" }
        var fileName: String { "計画書-\(word)-\(number).pdf" }
        var fileText: String { "plan-of-\(number)-for-nobody-else" }

        var values: [String] {
            [
                fullName, kana, insuredNumber, address, phone, message, place, family, fileName,
                fileText,
            ]
        }

        private static func katakana(_ letter: Unicode.Scalar) -> Character {
            Character(Unicode.Scalar(letter.value + 0x60) ?? letter)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `without the keys no planted value is on any disk`() async throws {
        let everybody = (1...Self.people).map { Planted(number: $0) }
        let room = try Room()
        let sheets = try everybody.map { try Self.write($0, to: room) }
        let values = everybody.flatMap(\.values)
        #expect(Set(values).count == 500)
        try await CrashTown.live { town in
            var sent: Set<String> = []
            for sheet in sheets { sent.insert(try await Self.send(sheet, in: town)) }
            try await town.settle(sent)
            // Half of them are opened, so that copies, receipts and records of both kinds exist.
            for message in sent.sorted().prefix(sent.count / 2) {
                try await Self.act(["inbox", "open", message], at: .clinic, town)
            }
            for name in CrashTown.Name.allCases {
                let limits = try town.processFile("limits", of: name)
                #expect(limits.contains(/Max core file size +0 +0/), "a crash leaves no dump")
            }
            // As they are when the plug is pulled: with their write-ahead logs.
            for name in CrashTown.Name.allCases { await town.kill(name, afterMilliseconds: 0) }
            let disks = CrashTown.Name.allCases.map(town.data)
            let patterns = room.path("patterns")
            try Files.create(
                patterns,
                values.flatMap(Self.forms).joined(separator: "\n").bytes,
                mode: Files.readable
            )
            #expect(try await Self.found(patterns, in: disks) == [])
            // The same search finds all of them where nothing is sealed.
            let plain = try await Self.found(patterns, in: [room.path("plain")])
            #expect(Set(values).isSubset(of: plain))
            // It has seen what was written: these disks hold what every one of them may know.
            try Files.replace(patterns, "幻町内科クリニック".bytes, mode: Files.readable)
            for disk in disks {
                #expect(try await Self.found(patterns, in: [disk]) == ["幻町内科クリニック"])
            }
        }
    }

    // MARK: The search

    /// A value as it is, in base64 at each of the three places where it may begin, and every hash
    /// of it that can be computed without a secret: whoever tries all numbers computes these.
    private static func forms(of value: String) -> [String] {
        let shifted = (0..<3).map { shift in
            let text = Data([UInt8](repeating: 0, count: shift) + value.bytes).base64EncodedString()
            // What its neighbours would change is left out.
            return String(text.dropFirst(shift == 0 ? 0 : 4).dropLast(4))
        }
        let salt = [UInt8](repeating: 0, count: Commitment.saltBytes)
        let hashes = [
            SHA256.hash(value.bytes), SHA256.hash([0] + value.bytes),
            HMACSHA256.code(for: value.bytes, key: []),
        ]
        let commitments = CommitmentField.allCases.map {
            Commitment.make(field: $0, value: value.bytes, salt: salt).text
        }
        return [value] + shifted + hashes.flatMap { [$0.hex, Base64.encode($0.bytes)] }
            + commitments
    }

    /// What of the patterns is anywhere in the files of some folders.
    private static func found(_ patterns: String, in folders: [String]) async throws -> Set<String>
    {
        let search = ["/bin/grep", "-raohF", "-f", patterns] + folders
        let outcome = try await Terminal.run(["/usr/bin/env", "LC_ALL=C"] + search)
        // 1: nothing; 2: something could not be read.
        try #require(outcome.exitCode < 2, "\(outcome.talk)")
        return Set(outcome.output.split(separator: "\n").map { String($0) })
    }

    // MARK: The sheets

    private struct Written {
        let sheet: String
        let consent: String
        let file: String
    }

    private static func write(_ person: Planted, to room: Room) throws -> Written {
        let data = try Installation.demoData()
        let folder = room.path("plain/\(person.number)")
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        func id(_ kind: Int) -> JSON {
            .string("00000000-0000-4000-8\(kind)00-" + String(100_000_000_000 + person.number))
        }
        let pdf = "%PDF-1.4\n% \(person.fileText)\n%%EOF\n".bytes
        func changed(_ name: String, _ change: (inout JSONObject) -> Void) throws -> String {
            let bytes = try Files.read("\(data)/\(name)", atMost: Limits.contentBytes)
            var object = try #require(try JSON(reading: bytes).object)
            change(&object)
            let path = "\(folder)/\(name)"
            try Files.create(path, JSON.object(object).canonicalBytes, mode: Files.readable)
            return path
        }
        let patient: JSON = [
            "fullName": .string(person.fullName), "fullNameKana": .string(person.kana),
            "birthDate": "1937-05-03", "insuredNumber": .string(person.insuredNumber),
        ]
        let consent = try changed("consent-care.json") { record in
            record["consentRecordId"] = id(0)
            record["patientRef"] = patient
            record["giverName"] = .string(person.fullName)
            record["familyMembersConsented"] = [
                ["name": .string(person.family), "relationship": "son", "on": "2025-04-10"]
            ]
        }
        let sheet = try changed("care-liaison.json") { sheet in
            sheet["sheetId"] = id(1)
            sheet["threadId"] = id(2)
            var whole = patient.object ?? JSONObject()
            whole["sex"] = "1"
            whole["address"] = .string(person.address)
            whole["phone"] = .string(person.phone)
            sheet["patient"] = .object(whole)
            var given = sheet["consent"]?.object ?? JSONObject()
            given["consentRecordId"] = id(0)
            given["giverName"] = .string(person.fullName)
            sheet["consent"] = .object(given)
            var body = sheet["body"]?.object ?? JSONObject()
            body["message"] = .string(person.message)
            body["meetingPlace"] = .string(person.place)
            sheet["body"] = .object(body)
            sheet["attachments"] = [
                [
                    "name": .string(person.fileName), "kind": "carePlan",
                    "mediaType": "application/pdf", "byteLength": .integer(Int64(pdf.count)),
                    "sha256": .string(SHA256.hash(pdf).hex),
                ]
            ]
        }
        let file = "\(folder)/\(person.fileName)"
        try Files.create(file, pdf, mode: Files.readable)
        return Written(sheet: sheet, consent: consent, file: file)
    }

    /// - Returns: the number of the message.
    private static func send(_ written: Written, in town: CrashTown) async throws -> String {
        let consent = ["gateway", "consent", "add", written.consent]
        try await act(consent + ["--template", "契約時の包括同意"], at: .care, town)
        let output = try await act(
            ["send", written.sheet, "--attach", written.file, "--now"],
            at: .care,
            town
        )
        return try #require(output.split(separator: "\n").first.map { String($0) })
    }

    @discardableResult
    private static func act(
        _ words: [String],
        at name: CrashTown.Name,
        _ town: CrashTown
    ) async throws -> String {
        let person = (name == .care ? DemoOffice.care : DemoOffice.clinic).person
        let acting = ["--as", person.name, "--role", person.role]
        let outcome = try await town.outcome(words + acting, in: name)
        try #require(outcome.exitCode == 0, "\(words.first ?? "") \(outcome.talk)")
        return outcome.output
    }
}
