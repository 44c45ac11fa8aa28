import Primitives
import TestKit

@testable import Directory

/// One of each statement, with every member that it can have.
enum Samples {
    static let member = "m" + String(repeating: "a", count: 26)
    static let otherMember = "m" + String(repeating: "b", count: 25) + "a"
    static let exchange = "x" + String(repeating: "c", count: 25) + "a"
    static let hash = String(repeating: "0f", count: 32)
    static let time = "2026-11-21T02:03:04.567Z"
    static let key = Base64.encode([UInt8](repeating: 7, count: 32))

    static let membership: JSON = [
        "type": "membership", "version": 1, "issuer": .string(exchange),
        "memberId": .string(member),
        "legalName": "医療法人みどり会 みどり診療所",
        "legalNameKana": "ミドリシンリョウジョ",
        "displayName": "みどり診療所",
        "organisationType": "clinic",
        "officeNumbers": [["kind": "medicalInstitution", "value": "9910000002"]],
        "address": "大阪市北区", "area": "kita",
        "connection": "gateway", "status": "active", "since": .string(time),
        "verifiedBy": "registrar", "verifiedAt": .string(time),
        "logPublicKey": .string(key),
        "recovery": [.string(keyID)],
    ]

    static let keyID = String(repeating: "0a", count: 20)

    static let rotation: JSON = [
        "type": "rotation", "version": 1, "issuer": .string(member),
        "memberId": .string(member), "usage": "signing",
        "oldKeyId": .string(keyID), "newKeyId": .string(String(repeating: "0b", count: 20)),
        "newCertificateSha256": .string(hash), "from": .string(time),
        "oldAcceptedUntil": "2026-12-21T02:03:04.567Z", "successor": .string(key),
    ]

    static let revocation: JSON = [
        "type": "revocation", "version": 1, "issuer": .string(exchange),
        "memberId": .string(member), "certificateSha256": .string(hash),
        "since": .string(time), "reason": "keyCompromise", "requestedAt": .string(time),
    ]

    static let policy: JSON = [
        "type": "policy", "version": 1, "issuer": .string(exchange), "number": 1,
        "logs": [["origin": "exchange.example/log/keys/2026", "publicKey": .string(key)]],
        "witnesses": [
            [
                "name": "witness.example", "publicKey": .string(key),
                "memberId": .string(member), "votes": 1,
            ]
        ],
        "quorum": 0, "mergeDelaySeconds": 86_400, "transportFiscalYears": 5,
        "clocks": PolicyClocks().json, "limits": PolicyLimits().json, "from": .string(time),
    ]

    static let entry: JSON = base.setting(
        "/gateway",
        to: ["product": "Renkei", "version": "1.0", "supportTelephone": "06-0000-0003"]
    )

    static let paperEntry: JSON = base.setting("/issuer", to: .string(exchange))
        .setting("/memberId", to: .string(member))

    static let entryOptional: Set<String> = [
        "/fax", "/emergencyTelephone", "/features",
        "/desks/0/telephone", "/desks/0/appointment", "/desks/0/absence",
        "/desks/0/absence/coveredBy", "/desks/0/appointment/leadDays",
        "/desks/0/appointment/note", "/desks/0/careManagerHours/0/note",
        "/backupHospitals/0/forConditions", "/closedDays/0/coveredBy",
    ]

    static let entryFree: Set<String> = [
        "/attachmentKinds/0", "/accepts/0/versions/0", "/features/0",
        "/desks/0/appointment/note", "/desks/0/careManagerHours/0/note",
        "/backupHospitals/0/forConditions",
    ]

    private static let base: JSON = [
        "type": "directoryEntry", "version": 1, "issuer": .string(member), "entryNumber": 1,
        "telephone": "06-0000-0001", "fax": "0600000002", "emergencyTelephone": "090-0000-0001",
        "desks": [desk],
        "accepts": [
            [
                "sheetType": "careLiaison", "versions": ["1.0.0"], "desks": ["liaison"],
                "urgencies": ["emergency", "routine"], "maximumBytes": 1_000_000,
            ]
        ],
        "suites": ["renkei-2026-1"], "attachmentKinds": ["pdf"],
        "maximumMessageBytes": 20_000_000,
        "backupHospitals": [
            ["memberId": .string(otherMember), "forConditions": "肺炎", "agreedOn": "2026-04-01"]
        ],
        "emergencyContacts": [
            ["deskId": "liaison", "telephone": "06-0000-0004", "hours": [hours]]
        ],
        "closedDays": [
            [
                "from": "2026-12-29", "to": "2027-01-03", "reason": "年末年始",
                "coveredBy": ["memberId": .string(otherMember), "deskId": "office"],
            ]
        ],
        "features": ["batchReceipts"],
        "reviewedAt": "2026-11-01",
    ]

    private static let hours: JSON = [
        "days": ["mon", "sat"], "from": "09:00", "to": "17:00", "holidays": false,
    ]

    private static let desk: JSON = [
        "deskId": "liaison", "name": "地域医療連携室", "kind": "liaisonOffice",
        "telephone": "06-0000-0005", "hours": [hours],
        "careManagerHours": [
            ["days": ["tue"], "from": "13:00", "to": "14:00", "way": "telephone", "note": "内線 5"]
        ],
        "appointment": [
            "way": "system", "leadDays": 2, "note": "前日まで", "jointConference": true,
        ],
        "deputies": [["deskId": "office", "after": 30]],
        "absence": [
            "from": "2026-12-01", "to": "2026-12-02", "text": "研修",
            "coveredBy": ["memberId": .string(member), "deskId": "office"],
        ],
    ]
}
