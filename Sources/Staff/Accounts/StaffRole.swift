import Audit
import Primitives

/// What a person may be here (役割); two roles add up. The profession (職種) is another thing: it
/// stands in receipts and in the log, and gives no right.
package enum StaffRole: String, CaseIterable, Comparable, Sendable {
    case author, sender, reader, deskLead, administrator, auditor
    case `operator`

    package var rights: Set<StaffRight> {
        Set(StaffRight.allCases.filter { $0.roles.contains(self) })
    }

    /// As people read it, in Japanese.
    package var japanese: String {
        switch self {
        case .author: "作成者"
        case .sender: "送信者"
        case .reader: "閲覧者"
        case .deskLead: "窓口責任者"
        case .administrator: "管理者"
        case .auditor: "監査者"
        case .operator: "運用者"
        }
    }

    package static func < (left: StaffRole, right: StaffRole) -> Bool {
        left.place < right.place
    }

    private var place: Int { StaffRole.allCases.firstIndex(of: self) ?? 0 }
}

/// An act of the pages that not everybody may do. A right that no role of a person has is absent.
package enum StaffRight: String, CaseIterable, Sendable {
    case draft
    case send, reply, withdraw
    case readSheets, printSheets, confirm
    case emergencyAccess
    case reviewEmergency, assign, setDeskHours
    case recordConsent
    case withdrawConsent
    case disclose, releaseHeldBack
    case manageStaff, manageKeys, manageTemplates
    case seeOwnEntries, seeDeskEntries, seeStaffEntries, seeAllEntries
    case seeStatus

    /// The roles that have it, in the order in which a refusal names them.
    package var roles: [StaffRole] {
        switch self {
        case .draft, .recordConsent, .confirm: [.author, .sender, .deskLead]
        case .send, .reply, .withdraw, .withdrawConsent, .disclose: [.sender, .deskLead]
        case .readSheets, .printSheets: [.author, .sender, .reader, .deskLead]
        case .emergencyAccess: [.sender, .reader, .deskLead]
        case .reviewEmergency, .assign, .setDeskHours, .seeDeskEntries, .releaseHeldBack:
            [.deskLead]
        case .manageStaff, .manageKeys, .manageTemplates, .seeStaffEntries: [.administrator]
        case .seeOwnEntries: [.author, .sender, .reader]
        case .seeAllEntries: [.auditor]
        case .seeStatus: [.administrator, .auditor, .operator]
        }
    }

    /// As a leaf names it.
    var reason: AuditReason? { AuditReason(rawValue) }
}
