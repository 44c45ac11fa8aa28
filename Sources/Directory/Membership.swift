package import Cryptography
package import Primitives

/// What the registrar vouches for: that this organisation exists, is called so, and is a member.
///
/// Source: `keys-and-directory.md` 6.
package struct Membership: StatementBody {
    package static let type = StatementType.membership

    /// The exchange, by its registrar.
    package let issuer: PartyID
    package let memberID: MemberID
    package var profile: MemberProfile
    package var standing: MemberStanding
    package var verification: Verification
    /// Of the member's access log; nil until it has joined, and for members on paper.
    package var logPublicKey: NotePublicKey?
    /// Keys with which the member began anew after losing all: the registrar vouches for them, and
    /// everybody else compares fingerprints.
    package var recovery: [KeyID] = []

    package init(
        issuer: PartyID,
        memberID: MemberID,
        profile: MemberProfile,
        standing: MemberStanding,
        verification: Verification
    ) {
        self.issuer = issuer
        self.memberID = memberID
        self.profile = profile
        self.standing = standing
        self.verification = verification
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        memberID = try reader.identifier("memberId")
        profile = try MemberProfile(reading: &reader)
        standing = try MemberStanding(reading: &reader)
        verification = try Verification(reading: &reader)
        logPublicKey = try reader.optionalNoteKey("logPublicKey")
        recovery = try reader.optionalValues("recovery") { KeyID($0) }
    }

    package var members: JSONObject {
        [
            "memberId": .name(memberID),
            "legalName": .string(profile.legalName),
            "legalNameKana": .string(profile.legalNameKana),
            "displayName": .string(profile.displayName),
            "organisationType": .name(profile.organisationType),
            "officeNumbers": .records(profile.officeNumbers),
            "address": .string(profile.address),
            "area": .string(profile.area),
            "connection": .code(standing.connection),
            "status": .code(standing.status),
            "since": .time(standing.since),
            "verifiedBy": .string(verification.by),
            "verifiedAt": .time(verification.at),
            "logPublicKey": logPublicKey.map { .bytes($0.bytes) },
            "recovery": recovery.isEmpty ? nil : .texts(recovery.map(\.text)),
        ]
    }
}

/// Who the organisation is. Desks and functions only; no person is named in the directory.
package struct MemberProfile: Sendable {
    package var legalName = ""
    package var legalNameKana = ""
    package var displayName: String
    package var organisationType: OrganisationType
    package var officeNumbers: [OfficeNumber] = []
    package var address = ""
    package var area = ""

    package init(displayName: String, organisationType: OrganisationType) {
        self.displayName = displayName
        self.organisationType = organisationType
        legalName = displayName
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        displayName = try reader.filled("displayName")
        organisationType = try reader.identifier("organisationType")
        legalName = try reader.filled("legalName")
        legalNameKana = try reader.line("legalNameKana")
        officeNumbers = try reader.records("officeNumbers")
        address = try reader.line("address")
        area = try reader.line("area")
    }
}

/// How a member stands to the exchange.
package struct MemberStanding: Sendable {
    package var connection: MemberConnection
    package var status: MemberStatus
    package var since: Timestamp

    package init(
        connection: MemberConnection = .gateway,
        status: MemberStatus = .active,
        since: Timestamp
    ) {
        self.connection = connection
        self.status = status
        self.since = since
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        connection = try reader.code("connection")
        status = try reader.code("status")
        since = try reader.time("since")
    }
}

/// Who checked the organisation against the public list, and when.
package struct Verification: Sendable {
    package let by: String
    package let at: Timestamp

    package init(by: String, at: Timestamp) {
        self.by = by
        self.at = at
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        by = try reader.filled("verifiedBy")
        at = try reader.time("verifiedAt")
    }
}

/// A member on paper (紙・FAX) appears in the list and holds no keys.
package enum MemberConnection: String, CaseIterable, Sendable { case gateway, paper }

/// A suspended member fetches, acknowledges and reads, and cannot submit.
package enum MemberStatus: String, CaseIterable, Sendable { case active, suspended, left }

/// 事業所番号 or 医療機関コード: ten digits. The check digit warns and never refuses.
package struct OfficeNumber: Record {
    package enum Kind: String, CaseIterable, Sendable { case careOffice, medicalInstitution }

    package let kind: Kind
    package let value: String

    /// - Returns: nil unless `value` is ten ASCII digits.
    package init?(kind: Kind, value: String) {
        guard OfficeNumber.isForm(value) else { return nil }
        self.kind = kind
        self.value = value
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        kind = try reader.code("kind")
        value = try reader.value("value") { OfficeNumber.isForm($0) ? $0 : nil }
    }

    package var json: JSON { ["kind": .code(kind), "value": .string(value)] }

    private static func isForm(_ text: String) -> Bool {
        text.utf8.count == 10 && Decimal.value(text.bytes) != nil
    }
}
