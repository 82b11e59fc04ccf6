/// How the broker's certificate is checked, and which one we show.
///
/// The peer is always verified: its chain against `caFile` or the system's authorities, its name or address against
/// `serverName` or the host. There is no switch to turn that off.
package struct TLSOptions: Sendable, Hashable {
    /// The oldest protocol that is accepted.
    package enum Version: Sendable, Hashable {
        case tls12, tls13
    }

    /// A PEM file with the authorities to trust; nil means the system's.
    package var caFile: String?
    /// Our certificate chain in PEM, needed for `Credentials.external`.
    package var certificateFile: String?
    /// The private key of `certificateFile`, in PEM.
    package var keyFile: String?
    /// The DNS name or IP address the certificate must carry; nil means the host.
    package var serverName: String?
    /// The oldest protocol that is accepted, TLS 1.2 unless told otherwise.
    package var minimumVersion: Version

    /// Makes options; the defaults trust the system's authorities and show no certificate.
    package init(
        caFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        serverName: String? = nil,
        minimumVersion: Version = .tls12
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
        self.minimumVersion = minimumVersion
    }
}
