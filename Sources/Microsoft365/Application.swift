/// Our application registration: who we are to the login service.
package struct Application: Sendable {
    /// The application (client) id.
    package var clientID: String
    /// How the application proves itself.
    package var credential: Credential

    /// Makes an application from values that were read elsewhere; nothing is read here.
    package init(clientID: String, credential: Credential) {
        self.clientID = clientID
        self.credential = credential
    }
}

/// What the application proves itself with.
///
/// Never shows itself: descriptions, dumps and mirrors say only which kind it is.
package enum Credential: Sendable {
    /// A client secret: its value, not its id.
    case secret(String)
    /// A certificate in PEM and its RSA private key in PEM, of at least 2,048 bits.
    ///
    /// The assertion is signed with PS256 and names the certificate by `x5t#S256`.
    /// Source: Microsoft identity platform, "Application authentication certificate credentials".
    case certificate(pem: String, keyPEM: String)
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind of the credential, without its value.
    package var description: String {
        switch self {
        case .secret: "a client secret (hidden)"
        case .certificate: "a certificate (hidden)"
        }
    }

    /// The same as the description: a debug print must not leak either.
    package var debugDescription: String { self.description }

    /// An empty mirror, since `dump` walks children.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
