package import Directory
package import Primitives
package import Sheets

/// For what, and to whom, a consent lets data go; or which of it a withdrawal ends.
package struct ConsentScope: Hashable, Sendable {
    package let purposes: [ConsentPurpose]
    package let organisationTypes: [Code<OrganisationTypes>]
    /// 介護保険事業所番号 or 10-digit medical institution codes.
    package let officeNumbers: [ByteText]

    package init(
        purposes: [ConsentPurpose] = [],
        organisationTypes: [Code<OrganisationTypes>] = [],
        officeNumbers: [ByteText] = []
    ) {
        self.purposes = purposes
        self.organisationTypes = organisationTypes
        self.officeNumbers = officeNumbers
    }

    package var isEmpty: Bool {
        purposes.isEmpty && organisationTypes.isEmpty && officeNumbers.isEmpty
    }

    /// Whether the organisation is named, by its number or by its type.
    package func names(_ membership: Membership) -> Bool {
        let profile = membership.profile
        return organisationTypes.contains(Code(profile.organisationType.text))
            || profile.officeNumbers.contains { officeNumbers.contains(ByteText($0.value)) }
    }

    /// Demands that this scope covers what a delivery needs (C-2), less what was withdrawn (C-9).
    ///
    /// - Throws: `ConsentRefusal` with `recipient`, `scope` or `withdrawn`.
    func cover(_ need: ConsentNeed, without ended: ConsentScope? = nil) throws(ConsentRefusal) {
        for recipient in need.recipients {
            guard names(recipient) else { throw ConsentRefusal(.recipient, rule: "C-2") }
            if let ended, ended.names(recipient) { throw ConsentRefusal(.withdrawn, rule: "C-9") }
        }
        for alternatives in need.purposes {
            let given = alternatives.filter(purposes.contains)
            guard !given.isEmpty else { throw ConsentRefusal(.scope, rule: "C-2") }
            guard given.contains(where: { ended?.purposes.contains($0) != true }) else {
                throw ConsentRefusal(.withdrawn, rule: "C-9")
            }
        }
    }
}

extension ConsentScope {
    /// The scope that a sheet's signed statement writes down.
    init(_ statement: ConsentStatement) {
        self.init(
            purposes: statement.purposes,
            organisationTypes: statement.organisationTypes,
            officeNumbers: statement.officeNumbers.map { ByteText($0) }
        )
    }
}

/// What a delivery asks of a consent (C-2).
struct ConsentNeed {
    /// One of each row must be covered.
    let purposes: [[ConsentPurpose]]
    let recipients: [Membership]

    /// Of `purposes` the type of sheet needs one; empty when it needs none.
    init(purposes: [ConsentPurpose], recipients: [Membership]) {
        self.recipients = recipients
        guard !purposes.isEmpty else {
            self.purposes = []
            return
        }
        // The consultation room (相談支援室) is asked for in any consent, whatever the sheet is.
        let asksRoom = recipients.contains {
            Code($0.profile.organisationType.text) == .consultationRoom
        }
        self.purposes = [purposes] + (asksRoom ? [[.consultation]] : [])
    }
}

extension Sheet {
    /// C-1 and X3 of the signed statement, and then its scope against what the delivery needs.
    ///
    /// A legal exception and a sheet without personal data have no scope (CF5).
    func checkStatement(_ need: ConsentNeed) throws(ConsentRefusal) {
        switch consent.status {
        case .withdrawn, .refused: throw ConsentRefusal(.withdrawn, rule: "X3")
        case .pending: throw ConsentRefusal(.none, rule: "C-1")
        case .notRequired:
            guard json["patient"] == nil else { throw ConsentRefusal(.none, rule: "C-1") }
        case .legalException: break
        case .obtained, .obtainedFromProxy, .implied, .emergencyException:
            try ConsentScope(consent).cover(need)
        }
    }
}
