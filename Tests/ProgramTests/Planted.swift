import Audit
import Cryptography
import Foundation
import Primitives
import Sheets
import Testing

@testable import renkei

/// Somebody who is nowhere else: ten values, each of them found by a plain search.
struct Planted {
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

    static func katakana(_ letter: Unicode.Scalar) -> Character {
        Character(Unicode.Scalar(letter.value + 0x60) ?? letter)
    }
}

extension Planted {
    // MARK: The search

    /// A value as it is, in base64 at each of the three places where it may begin, and every hash
    /// of it that can be computed without a secret: whoever tries all numbers computes these.
    static func forms(of value: String) -> [String] {
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
    static func found(_ patterns: String, in folders: [String]) async throws -> Set<String> {
        let search = ["/bin/grep", "-raohF", "-f", patterns] + folders
        let outcome = try await Terminal.run(["/usr/bin/env", "LC_ALL=C"] + search)
        // 1: nothing; 2: something could not be read.
        try #require(outcome.exitCode < 2, "\(outcome.talk)")
        return Set(outcome.output.split(separator: "\n").map { String($0) })
    }

    // MARK: The sheets

    struct Written {
        let sheet: String
        let consent: String
        let file: String
    }

    static func write(_ person: Planted, to room: Room) throws -> Written {
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
    static func send(_ written: Written, in town: CrashTown) async throws -> String {
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
    static func act(
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
