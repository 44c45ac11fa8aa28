import Delivery
import Directory
import Foundation
import Primitives
import TestKit

@testable import Cryptography

extension VectorCase {
    static let accepted: [VectorCase] = [
        accepted("accepted", "one recipient, the smallest content") { try await $0.vector() },
        accepted("accepted", "20 recipients") { smithy in
            let others = try await smithy.others(19)
            return try await smithy.vector { forge in
                forge.to += others.map {
                    Addressee(memberID: $0.memberID, keyID: $0.certificate.keyID)
                }
                let own = smithy.world.member(.clinic).encryption.certificate
                forge.recipients = [own] + others.map(\.certificate)
            }
        },
        accepted("accepted", "an EC and an RSA recipient") { smithy in
            let outsider = try RSAPublicKey(OpenSSL.rsaPublicKey())
            return try await smithy.vector { forge in
                let id = MemberID.make(SeededRandom(seed: 3))
                forge.to.append(Addressee(memberID: id, keyID: outsider.keyID))
                forge.outsiders = [outsider]
            }
        },
        accepted("accepted", "chunked") { try await $0.vector { $0.attach(2, chunked: true) } },
        accepted("accepted", "attachments in the archive") {
            try await $0.vector { $0.attach(2, chunked: false) }
        },
        accepted("accepted", "layer 3 made by stock openssl") { smithy in
            try await smithy.vector { forge in
                let certificate = smithy.world.member(.clinic).encryption.certificate
                forge.seal = { try OpenSSL.seal($0, to: [certificate]) }
            }
        },
    ]
}

extension Forge {
    /// So many attachments of 100 bytes, which the sheet lists.
    mutating func attach(_ count: Int, chunked: Bool) {
        attach(
            (0..<count).map { index in
                (bytes: [UInt8](repeating: UInt8(index + 1), count: 100), isChunked: chunked)
            }
        )
    }

    mutating func attach(_ attachments: [(bytes: [UInt8], isChunked: Bool)]) {
        self.attachments = attachments
        guard var json = sheet.object else { return }
        json["attachments"] = .array(
            attachments.enumerated().map { index, attachment in
                [
                    "name": .string("別紙\(index + 1).pdf"), "mediaType": "application/pdf",
                    "byteLength": .count(attachment.bytes.count),
                    "sha256": .hash(SHA256.hash(attachment.bytes)), "kind": "other",
                ]
            }
        )
        sheet = .object(json)
    }

    mutating func setSheet(_ name: String, _ value: JSON?) {
        guard var json = sheet.object else { return }
        json[name] = value
        sheet = .object(json)
    }
}

extension Smithy {
    /// Encryption certificates of further members.
    func others(
        _ count: Int
    ) async throws -> [(memberID: MemberID, certificate: Certificate)] {
        let random = SeededRandom(seed: 20)
        let store = MemoryKeyStore(seed: "others".bytes)
        var others: [(memberID: MemberID, certificate: Certificate)] = []
        for index in 0..<count {
            let id = MemberID.make(random)
            let key = try await store.generate(.encryption, label: "other-\(index)")
            let certificate = try await world.exchange.issue(
                .memberEncryption,
                to: id,
                point: store.point(key),
                from: world.start.adding(.days(-1))
            )
            others.append((id, certificate))
        }
        return others
    }
}
