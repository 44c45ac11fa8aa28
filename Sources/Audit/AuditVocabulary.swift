package import Primitives

/// What was done: the letter stands in the leaf.
package enum AuditAction: String, CaseIterable, Sendable {
    case create = "C"
    case read = "R"
    case update = "U"
    case delete = "D"
    case execute = "E"
}

package enum AuditOutcome: Int, CaseIterable, Sendable {
    case success = 0
    case minorFailure = 4
    case seriousFailure = 8
    case majorFailure = 12
}

/// Why a person touched patient data; `system` where none did.
package enum AuditPurpose: String, CaseIterable, Sendable {
    case care, emergency, breakGlass, administration, review, patientRequest, legal, maintenance
    case system
}

package enum AgentKind: String, CaseIterable, Sendable {
    case person, software, `operator`, system, peer
}

/// How sure it is who the agent was.
package enum Assurance: String, CaseIterable, Sendable {
    case twoFactor, passkey, password, certificate, none
}

package enum ObjectKind: String, CaseIterable, Sendable {
    case message, part, statement, certificate, account, consent, setting, tree, report, backup
}

/// A code of a closed list, `^[a-z][A-Za-z0-9]{0,31}$`: never free text.
package enum CodeForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 32,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return false }
        return text.utf8.allSatisfy {
            isSmallAlphanumeric($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
        }
    }
}

/// Profession (職種) of a person, or what a machine is here as.
package enum RoleForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool { CodeForm.accepts(text) }
}

package typealias AuditReason = Identifier<CodeForm>
package typealias RoleCode = Identifier<RoleForm>

/// The name of an object in a leaf, in the clear: 1 to 128 of `A-Z a-z 0-9 . _ : / -`.
package struct ObjectName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                isSmallAlphanumeric(byte) || "._:/-".utf8.contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// Which program wrote the leaf.
package struct AuditSource: Hashable, Sendable {
    package let node: NodeName
    package let productVersion: ProductVersion

    package init(node: NodeName, productVersion: ProductVersion) {
        self.node = node
        self.productVersion = productVersion
    }
}

/// A node of an installation, `^[a-z0-9][a-z0-9.-]{0,23}$`.
package enum NodeForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 24, isSmallAlphanumeric(first) else {
            return false
        }
        return text.utf8.allSatisfy { isSmallAlphanumeric($0) || ".-".utf8.contains($0) }
    }
}

/// A version of the product, at most 16 of the characters of a node.
package enum VersionForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        text.utf8.count <= 16 && NodeForm.accepts(text)
    }
}

package typealias NodeName = Identifier<NodeForm>
package typealias ProductVersion = Identifier<VersionForm>
