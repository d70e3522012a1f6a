using Amazon.Extensions.NETCore.Setup;
using Nhi.Rotation.AwsParameterStore.Parameters;

namespace Nhi.Rotation.AwsParameterStore;

/// <summary>How a credential is read from AWS Systems Manager Parameter Store. Read once, when the credential is added.</summary>
public sealed class AwsParameterStoreOptions
{
    /// <summary>
    /// The field of a JSON object whose string is the value. <see langword="null"/>, the default, takes the parameter's text as it is.
    /// </summary>
    public string? JsonField { get; set; }

    /// <summary>
    /// The label of the version that is presented. The default is <c>current</c>. While no version carries it or <see cref="PreviousLabel"/>, the newest
    /// version without <see cref="PendingLabel"/> is presented, as Parameter Store itself does.
    /// </summary>
    public string CurrentLabel { get; set; } = LabelNames.Default.Current;

    /// <summary>
    /// The label of the version that stays valid for the overlap window. The default is <c>previous</c>. While no version carries it, it is the one before the
    /// current one, since Parameter Store moves no label by itself.
    /// </summary>
    public string PreviousLabel { get; set; } = LabelNames.Default.Previous;

    /// <summary>The label of a version that is staged and not presented yet. The default is <c>pending</c>.</summary>
    public string PendingLabel { get; set; } = LabelNames.Default.Pending;

    /// <summary>
    /// What the labels of compromised versions begin with: such a version is revoked, whatever else it is called. The default is <c>revoked</c>, so
    /// <c>revoked</c> and <c>revoked-2</c> both do; a label can be on one version only.
    /// </summary>
    public string RevokedLabelPrefix { get; set; } = LabelNames.Default.RevokedPrefix;

    /// <summary>
    /// Region, credentials, retries, endpoints: the settings of the AWS SDK. <see langword="null"/>, the default, takes the <see cref="AWSOptions"/>
    /// registered with <c>AddDefaultAWSOptions</c>, else the section <c>AWS</c> of the configuration, else the SDK's own search for region and
    /// credentials. Credentials that share one instance and the labels share clients and batches.
    /// </summary>
    public AWSOptions? Aws { get; set; }

    internal LabelNames Labels => new(CurrentLabel, PreviousLabel, PendingLabel, RevokedLabelPrefix);
}
