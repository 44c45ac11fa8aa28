import Delivery
import Envelope
import Primitives
import TestKit
import Testing

/// `manifest.json`, read strictly.
struct ManifestTests {
    private static let member = MemberID.make(SeededRandom(seed: 1)).text
    private static let message = "019aa3c5-1c47-7000-8000-000000000001"
    private static let hash = String(repeating: "0", count: 64)

    /// Every member there is.
    private static let whole: JSONObject = [
        "version": 1,
        "threadId": "4a1e5fea-e6e8-5703-91a3-49918e7d0ca0",
        "inReplyTo": ["from": .string(member), "messageId": .string(message)],
        "replaces": ["messageId": .string(message), "reason": "resent"],
        "sheetType": "careLiaison",
        "schemaVersion": "1.0.0",
        "toDesks": [["memberId": .string(member), "deskId": "liaison"]],
        "pairs": [
            [
                "memberId": .string(member), "sequence": 5,
                "previousMessageId": .string(message),
            ]
        ],
        "parts": [part("sheet.json", "sheet"), signature, chunkedPart],
        "chunks": [
            [
                "part": "attachment-1", "index": 0, "byteLength": 4,
                "plaintextSha256": .string(hash), "sealedLength": 9, "sealedSha256": .string(hash),
            ]
        ],
        "chunkKey": [
            "id": .string(String(repeating: "0", count: 32)),
            "key": .string(Base64.encode([UInt8](repeating: 1, count: 32))),
        ],
        "replyDueAt": "2026-11-24T14:59:59.000Z",
        "seenCheckpoints": ["a checkpoint"],
        "sender": ["product": "Renkei", "productVersion": "1", "supportTelephone": "06-0000-0002"],
    ]

    private static func part(_ name: String, _ kind: String) -> JSON {
        [
            "name": .string(name), "kind": .string(kind), "mediaType": "application/json",
            "byteLength": 2, "sha256": .string(hash),
        ]
    }

    private static let signature: JSON = {
        var json = part("signature-1.p7s", "personSignature").object ?? [:]
        json["signs"] = "sheet.json"
        return .object(json)
    }()

    private static let chunkedPart: JSON = {
        var json = part("attachment-1", "attachment").object ?? [:]
        json["chunked"] = true
        json["fileName"] = "別紙.pdf"
        return .object(json)
    }()

    private static func manifest(_ edit: (inout JSONObject) -> Void) -> [UInt8] {
        var json = whole
        edit(&json)
        return JSON.object(json).canonicalBytes
    }

    @Test func `what is read is written to the same bytes`() throws {
        let bytes = Self.manifest { _ in }
        let manifest = try Manifest(reading: bytes)
        #expect(manifest.bytes == bytes)
        #expect(manifest.inReplyTo?.from.text == Self.member)
        #expect(manifest.parts.map(\.isChunked) == [false, false, true])
        #expect(manifest.parts[1].signs == manifest.parts[0].name)
        let least = Self.manifest {
            for name in ["inReplyTo", "replaces", "toDesks", "chunks", "chunkKey", "replyDueAt"] {
                $0[name] = nil
            }
            $0["seenCheckpoints"] = nil
            $0["parts"] = [Self.part("sheet.json", "sheet")]
        }
        #expect(try Manifest(reading: least).bytes == least)
    }

    static let refused: [(note: String, edit: @Sendable (inout JSONObject) -> Void)] = [
        ("another version", { $0["version"] = 2 }),
        ("an unknown member", { $0["extra"] = 1 }),
        ("no thread", { $0["threadId"] = nil }),
        ("an empty list of desks", { $0["toDesks"] = [] }),
        ("an empty list of chunks", { $0["chunks"] = [] }),
        ("an empty list of checkpoints", { $0["seenCheckpoints"] = [] }),
        (
            "nine checkpoints",
            { $0["seenCheckpoints"] = .array([JSON](repeating: "x", count: 9)) }
        ),
        ("no pairs", { $0["pairs"] = [] }),
        (
            "a pair below zero",
            { $0["pairs"] = [["memberId": .string(Self.member), "sequence": -1]] }
        ),
        (
            "65 parts",
            { $0["parts"] = .array([JSON](repeating: Self.part("a", "attachment"), count: 65)) }
        ),
        ("a name that is a path", { $0["parts"] = [Self.part("a/b", "sheet")] }),
        ("a name that begins with a dot", { $0["parts"] = [Self.part(".a", "sheet")] }),
        ("an unknown kind of part", { $0["parts"] = [Self.part("a", "macro")] }),
        ("a signature of nothing", { $0["parts"] = [Self.part("a", "personSignature")] }),
        ("chunks without a key", { $0["chunkKey"] = nil }),
        ("a key without chunks", { $0["chunks"] = nil }),
        ("a short chunk key", { $0["chunkKey"] = ["id": "00", "key": "AA"] }),
        ("an unknown reason", { $0["replaces"] = ["messageId": "x", "reason": "why"] }),
    ]

    @Test(arguments: refused.indices)
    func `another form is refused`(_ index: Int) {
        let row = Self.refused[index]
        #expect(throws: DecodingRefusal.self, "\(row.note)") {
            _ = try Manifest(reading: Self.manifest(row.edit))
        }
    }

    @Test func `chunked is true or absent`() {
        var part = Self.part("a", "attachment").object ?? [:]
        part["chunked"] = false
        let json = JSON.object(part)
        #expect(throws: DecodingRefusal.self) {
            _ = try Manifest(reading: Self.manifest { $0["parts"] = [json] })
        }
    }

    @Test func `one byte more than the limit is too large`() {
        func manifest(_ count: Int) -> [UInt8] {
            let text = String(repeating: "x", count: count)
            return Self.manifest {
                $0["sender"] = [
                    "product": .string(text), "productVersion": "1", "supportTelephone": "1",
                ]
            }
        }
        let room = Limits.manifestBytes - manifest(0).count
        #expect(throws: Never.self) { _ = try Manifest(reading: manifest(room)) }
        #expect(throws: DecodingRefusal(.tooLarge)) {
            _ = try Manifest(reading: manifest(room + 1))
        }
    }
}
