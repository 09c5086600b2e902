new CfnOutput(this, 'dataBucketName', { value: this.dataBucket.bucketName });
new CfnOutput(this, 'efsInstanceId', { value: instance.instanceId });
