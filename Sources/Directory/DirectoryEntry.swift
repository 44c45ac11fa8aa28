package import Primitives

/// What a member says of itself: how to reach it and what it can read. The registrar says it for a
/// member on paper.
///
/// Source: `keys-and-directory.md` 6.
package struct DirectoryEntry: StatementBody {
    package static let type = StatementType.directoryEntry

    /// The member, or for a member on paper the exchange by its registrar.
    package let issuer: PartyID
    package let memberID: MemberID
    /// Rises by 1; the first is 1.
    package let entryNumber: Int
    package var telephone: TelephoneNumber
    package var fax: TelephoneNumber?
    /// Shown when an emergency sheet is not received in time.
    package var emergencyTelephone: TelephoneNumber?
    package var desks: [DirectoryDesk]
    package var accepts: [Acceptance] = []
    /// Newest first. Signed, so that the exchange cannot talk it down.
    package var suites: [SuiteID] = []
    package var attachmentKinds: [String] = []
    package var maximumMessageBytes = Limits.messageBytes
    package var backupHospitals: [BackupHospital] = []
    package var emergencyContacts: [EmergencyContact] = []
    package var closedDays: [ClosedDays] = []
    package var features: [String] = []
    /// Nil exactly for a member on paper.
    package var gateway: GatewayProduct?
    package var reviewedAt: Day

    /// An entry that accepts nothing yet; the other members are set by name.
    ///
    /// `number` is one more than that of the entry before.
    package init(
        of memberID: MemberID,
        number: Int,
        telephone: TelephoneNumber,
        desks: [DirectoryDesk],
        reviewedAt: Day
    ) {
        issuer = PartyID(memberID)
        self.memberID = memberID
        entryNumber = number
        self.telephone = telephone
        self.desks = desks
        self.reviewedAt = reviewedAt
    }

    /// The same entry as the registrar signs it for a member on paper.
    package init(onPaper entry: DirectoryEntry, by exchange: ExchangeID) {
        issuer = PartyID(exchange)
        memberID = entry.memberID
        entryNumber = entry.entryNumber
        telephone = entry.telephone
        fax = entry.fax
        desks = entry.desks
        reviewedAt = entry.reviewedAt
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        // A member's own entry is about its issuer and does not name it twice.
        if let member = issuer.member {
            memberID = member
            gateway = try reader.record("gateway")
        } else {
            memberID = try reader.identifier("memberId")
        }
        entryNumber = try reader.count("entryNumber")
        telephone = try reader.identifier("telephone")
        fax = try reader.optionalIdentifier("fax")
        emergencyTelephone = try reader.optionalIdentifier("emergencyTelephone")
        desks = try reader.records("desks")
        guard (1...DirectoryEntry.desksMaximum).contains(desks.count) else {
            throw reader.refusal(.badForm, "desks")
        }
        accepts = try reader.records("accepts")
        suites = try reader.values("suites") { SuiteID($0) }
        attachmentKinds = try reader.values("attachmentKinds") { $0 }
        maximumMessageBytes = try reader.count("maximumMessageBytes")
        backupHospitals = try reader.records("backupHospitals")
        emergencyContacts = try reader.records("emergencyContacts")
        closedDays = try reader.records("closedDays")
        features = try reader.optionalValues("features") { $0 }
        reviewedAt = try reader.day("reviewedAt")
    }

    package var members: JSONObject {
        [
            "memberId": issuer.member == nil ? .name(memberID) : nil,
            "entryNumber": .count(entryNumber),
            "telephone": .name(telephone),
            "fax": fax.map { .name($0) },
            "emergencyTelephone": emergencyTelephone.map { .name($0) },
            "desks": .records(desks),
            "accepts": .records(accepts),
            "suites": .texts(suites.map(\.text)),
            "attachmentKinds": .texts(attachmentKinds),
            "maximumMessageBytes": .count(maximumMessageBytes),
            "backupHospitals": .records(backupHospitals),
            "emergencyContacts": .records(emergencyContacts),
            "closedDays": .records(closedDays),
            "features": features.isEmpty ? nil : .texts(features),
            "gateway": gateway?.json,
            "reviewedAt": .day(reviewedAt),
        ]
    }

    private static let desksMaximum = 40
}

extension DirectoryEntry {
    /// What the member accepts of this sheet, if it does: looked up before anybody writes.
    package func acceptance(of sheet: SheetType, version: String) -> Acceptance? {
        accepts.first { accepted in
            accepted.sheetType == sheet
                && accepted.versions.contains { $0.hasSameBytes(as: version) }
        }
    }

    /// Whether the member reads `suite` and takes a message of so many sealed bytes.
    package func canRead(_ suite: SuiteID, bytes: Int) -> Bool {
        suites.contains(suite) && bytes <= maximumMessageBytes
    }
}

/// A sheet that a member can read.
package struct Acceptance: Record {
    package let sheetType: SheetType
    package let versions: [String]
    package var desks: [DeskID] = []
    package var urgencies = Urgency.allCases
    package var maximumBytes = Limits.messageBytes

    package init(_ sheetType: SheetType, versions: [String]) {
        self.sheetType = sheetType
        self.versions = versions
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        sheetType = try reader.identifier("sheetType")
        versions = try reader.values("versions") { $0 }
        desks = try reader.values("desks") { DeskID($0) }
        urgencies = try reader.values("urgencies") { Urgency(rawValue: $0) }
        maximumBytes = try reader.count("maximumBytes")
    }

    package var json: JSON {
        [
            "sheetType": .name(sheetType),
            "versions": .texts(versions),
            "desks": .texts(desks.map(\.text)),
            "urgencies": .texts(urgencies.map(\.rawValue)),
            "maximumBytes": .count(maximumBytes),
        ]
    }
}

/// The program a member receives with, and whom to call about it.
package struct GatewayProduct: Record {
    package let product: String
    package let version: String
    package let supportTelephone: TelephoneNumber

    package init(product: String, version: String, supportTelephone: TelephoneNumber) {
        self.product = product
        self.version = version
        self.supportTelephone = supportTelephone
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        product = try reader.filled("product")
        version = try reader.filled("version")
        supportTelephone = try reader.identifier("supportTelephone")
    }

    package var json: JSON {
        [
            "product": .string(product), "version": .string(version),
            "supportTelephone": .name(supportTelephone),
        ]
    }
}
