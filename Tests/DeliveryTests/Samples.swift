import Audit
import Cryptography
import Directory
import Primitives
import TestKit

@testable import Delivery

/// One of each form, with every member that it can have.
enum Samples {
    static let sender = "m" + String(repeating: "a", count: 26)
    static let recipient = "m" + String(repeating: "b", count: 25) + "a"
    static let exchange = "x" + String(repeating: "c", count: 25) + "a"
    static let message = "0199a5f0-0000-7000-8000-000000000001"
    static let time = "2026-11-21T02:03:04.567Z"
    static let memberOrigin = "exchange.example/log/access/\(recipient)/2026"
    static let exchangeOrigin = "exchange.example/log/transport/2026"

    static let routing: JSON = [
        "version": 1, "suite": "renkei-2026-1",
        "messageId": .string(message), "from": .string(sender),
        "to": [["memberId": .string(recipient), "keyId": .string(key)]],
        "createdAt": .string(time), "expiresAt": "2026-11-22T02:03:04.567Z",
        "urgency": "urgent",
    ]

    static let submission: JSON = [
        "type": "submission", "version": 1, "issuer": .string(sender),
        "routingSha256": hash(1), "sealedSha256": hash(2), "sealedLength": 8192,
        "chunks": [["sealedSha256": hash(3), "sealedLength": 4096]],
    ]

    static let accepted = receipt(
        "accepted",
        by: exchange,
        "acceptedAt",
        [
            "routingSha256": hash(1), "submissionSha256": hash(4), "sealedSha256": hash(2),
            "sealedLength": 8192, "expiresAt": .string(time),
        ]
    )

    static let delivered = receipt(
        "delivered",
        by: recipient,
        "deliveredAt",
        [
            "acceptedSha256": hash(5), "sealedSha256": hash(2), "contentSha256": hash(6),
            "checks": [
                "signerCertificateSha256": hash(7), "certificateListNumber": 12,
                "revocationFreshness": "fresh", "policy": 1,
            ],
        ]
    )

    static let refused = receipt(
        "refused",
        by: recipient,
        "refusedAt",
        [
            "acceptedSha256": hash(5), "sealedSha256": hash(2), "code": "consentMissing",
            "whoMustAct": "sender", "resend": "newMessage", "disclosureSha256": hash(8),
        ]
    )

    static let opened = receipt(
        "opened",
        by: recipient,
        "openedAt",
        [
            "deliveredSha256": hash(9), "part": "sheet.json", "purpose": "care",
            "commitments": commitments, "disclosureSha256": hash(8),
        ]
    )

    static let confirmed = receipt(
        "confirmed",
        by: recipient,
        "confirmedAt",
        ["openedSha256": hash(10), "commitments": commitments, "disclosureSha256": hash(8)]
    )

    static let expired = receipt(
        "expired",
        by: exchange,
        "expiredAt",
        ["acceptedSha256": hash(5), "to": .string(recipient)]
    )

    static let undeliverable = receipt(
        "undeliverable",
        by: exchange,
        "closedAt",
        [
            "acceptedSha256": hash(5), "to": .string(recipient), "reason": "noReceipt",
            "releasedAt": .string(time),
        ]
    )

    static let withdrawal: JSON = [
        "type": "withdrawal", "version": 1, "issuer": .string(sender),
        "messageId": .string(message), "acceptedSha256": hash(5), "requestedAt": .string(time),
        "reason": "wrongPatient",
    ]

    static let released = answer(by: exchange, "released", ["releasedAt": .string(time)])
    static let neverReleased = answer(by: exchange, "neverReleased")
    static let alreadyOpened = answer(by: recipient, "alreadyOpened", ["openedAt": .string(time)])
    static let neverOpened = answer(by: recipient, "neverOpened")

    private static func answer(
        by issuer: String,
        _ outcome: String,
        _ time: JSONObject = [:]
    ) -> JSON {
        var own = time
        own["withdrawalSha256"] = hash(12)
        own["to"] = .string(recipient)
        own["outcome"] = .string(outcome)
        return receipt("withdrawalAnswer", by: issuer, "answeredAt", own)
    }

    static let disclosure: JSON = [
        "type": "disclosure", "version": 1, "messageId": .string(message),
        "openings": [["field": "actorName", "value": "見本 花子", "salt": bytes(32)]],
        "text": "生年月日が違います",
    ]

    static let proofs: JSON = [
        "type": "proofs", "version": 1, "issuer": .string(recipient),
        "proofs": [["statementSha256": hash(11), "leaf": bytes(300), "tlogProof": bytes(700)]],
    ]

    static func hash(_ number: UInt8) -> JSON { .hash(SHA256.hash([number])) }

    private static let key = String(repeating: "0a", count: 20)
    private static let commitments: JSON = [
        "actorName": bytes(32), "actorRole": bytes(32), "desk": bytes(32),
    ]

    private static func bytes(_ count: Int) -> JSON {
        .string(Base64.encode([UInt8](repeating: 9, count: count)))
    }

    private static func receipt(
        _ type: String,
        by issuer: String,
        _ at: String,
        _ own: JSONObject
    ) -> JSON {
        var object = own
        object["type"] = .string(type)
        object["version"] = 1
        object["issuer"] = .string(issuer)
        object["messageId"] = .string(message)
        object["from"] = .string(sender)
        object[at] = .string(time)
        object["logOrigin"] = .string(issuer == exchange ? exchangeOrigin : memberOrigin)
        return .object(object)
    }
}

/// The forms of this module.
enum DeliveryForm: String, CaseIterable, Sendable {
    case routing, submission, accepted, delivered, refused, opened, confirmed
    case expired, undeliverable, disclosure, proofs
    case withdrawal, released, neverReleased, alreadyOpened, neverOpened

    var table: FormTable {
        switch self {
        case .routing: FormTable(Samples.routing)
        case .submission: FormTable(Samples.submission)
        case .accepted: FormTable(Samples.accepted)
        case .delivered: FormTable(Samples.delivered)
        case .refused: FormTable(Samples.refused, optional: ["/disclosureSha256"])
        case .opened: FormTable(Samples.opened)
        case .confirmed: FormTable(Samples.confirmed)
        case .expired: FormTable(Samples.expired)
        case .undeliverable: FormTable(Samples.undeliverable, optional: ["/releasedAt"])
        case .withdrawal: FormTable(Samples.withdrawal)
        case .released: FormTable(Samples.released)
        case .neverReleased: FormTable(Samples.neverReleased)
        case .alreadyOpened: FormTable(Samples.alreadyOpened)
        case .neverOpened: FormTable(Samples.neverOpened)
        case .disclosure:
            FormTable(
                Samples.disclosure,
                optional: ["/text"],
                free: ["/text", "/openings/0/value"]
            )
        case .proofs:
            FormTable(Samples.proofs, free: ["/proofs/0/leaf", "/proofs/0/tlogProof"])
        }
    }

    func rewritten(_ json: JSON) throws(DecodingRefusal) -> [UInt8] {
        switch self {
        case .routing: try Routing.rewritten(json)
        case .submission: try SubmissionStatement(content: json).content
        case .accepted: try AcceptedStatement(content: json).content
        case .delivered: try DeliveredStatement(content: json).content
        case .refused: try RefusedStatement(content: json).content
        case .opened: try OpenedStatement(content: json).content
        case .confirmed: try ConfirmedStatement(content: json).content
        case .expired: try ExpiredStatement(content: json).content
        case .undeliverable: try UndeliverableStatement(content: json).content
        case .withdrawal: try WithdrawalStatement(content: json).content
        case .released, .neverReleased, .alreadyOpened, .neverOpened:
            try WithdrawalAnswerStatement(content: json).content
        case .disclosure: try Disclosure(json: json).json.canonicalBytes
        case .proofs: try ProofsBundle(json: json).json.canonicalBytes
        }
    }
}

extension Routing {
    /// Reads a header and makes it again from what was read.
    fileprivate static func rewritten(_ json: JSON) throws(DecodingRefusal) -> [UInt8] {
        let read = try Routing(reading: json.canonicalBytes)
        let life = MessageLife(
            createdAt: read.createdAt,
            expiresAt: read.expiresAt,
            urgency: read.urgency
        )
        guard let suite = Suite(read.suite) else { throw DecodingRefusal(.badForm, at: "/suite") }
        return try Routing.make(read.key, to: read.to, life: life, suite: suite).bytes
    }
}
